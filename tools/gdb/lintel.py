# For GDB on a kernel in QEMU: commands (`help lintel`), and printers for Lintel's own types. `lintel debug` loads it;
# by hand: source lintel.py. Most commands read the machine and the Limine protocol's structures alone, so they work
# with anyone's kernel, in any language, with or without symbols.
# Invariant: nothing here changes the machine, and what cannot be read is one sentence, never a traceback. It is one
# file, however long, so that one `source` loads it.
import re
import struct

import gdb
import gdb.printing

MASK = (1 << 64) - 1


def fail(sentence):
    raise gdb.GdbError(sentence)


def monitor(line):
    """What QEMU's monitor answers."""
    try:
        return gdb.execute("monitor " + line, to_string=True)
    except gdb.error as error:
        fail(f"this needs a machine in QEMU: {error}")


def number(text):
    """The value of an expression, as an unsigned number of 64 bits."""
    try:
        value = gdb.parse_and_eval(text)
        kind = value.type.strip_typedefs().code
        if kind == gdb.TYPE_CODE_FLAGS:  # has no other way to a number
            return int(value.format_string(format="x"), 16)
        if kind == gdb.TYPE_CODE_FUNC:
            value = value.address
        return int(value.cast(gdb.lookup_type("unsigned long"))) & MASK
    except gdb.error as error:
        fail(str(error))


def words(address, count):
    """`count` words of 64 bits at a virtual address."""
    try:
        return struct.unpack(f"<{count}Q", gdb.selected_inferior().read_memory(address, count * 8))
    except gdb.MemoryError:
        fail(f"there is no memory at {address:#x}")


def text_at(address):
    """A zero-terminated string; "-" where there is none."""
    if address == 0:
        return "-"
    result = bytearray()
    try:
        while len(result) < 256 and b"\0" not in result:
            end = address + len(result)
            rest_of_page = 4096 - end % 4096
            result += bytes(gdb.selected_inferior().read_memory(end, min(256 - len(result), rest_of_page)))
    except gdb.MemoryError:
        return f"(no memory at {address:#x})"
    result = result.split(b"\0")[0]
    return '"' + result.decode("utf-8", "replace") + '"'


def symbol_of(address):
    """ " <function+12>", or nothing."""
    answer = gdb.execute(f"info symbol {address:#x}", to_string=True)
    return "" if answer.startswith("No symbol") else f" <{answer.split(' in section ')[0].strip()}>"


# --- Page tables (Intel SDM vol. 3A, 4.5) -------------------------------------------------------------------------

PRESENT, WRITABLE, USER, LARGE, NO_EXECUTE = 1 << 0, 1 << 1, 1 << 2, 1 << 7, 1 << 63
FRAME = 0x000FFFFFFFFFF000
FLAGS = [(WRITABLE, "writable"), (USER, "user"), (1 << 3, "write-through"), (1 << 4, "uncached"), (1 << 5, "accessed"),
         (1 << 6, "dirty"), (1 << 8, "global"), (NO_EXECUTE, "no-execute")]
PAGE_NAMES = {1: "4 KiB", 2: "2 MiB", 3: "1 GiB"}


def physical_word(address):
    match = re.search(r": (0x[0-9a-f]+)", monitor(f"xp /1gx {address:#x}"))
    if not match:
        fail(f"there is no physical memory at {address:#x}")
    return int(match[1], 16)


def paging_levels():
    return 5 if number("$cr4") & 1 << 12 else 4


def walk(address):
    """Yields (level, index, where the entry is, the entry) from the root down, as far as entries are present."""
    table = number("$cr3") & FRAME
    for level in range(paging_levels(), 0, -1):
        index = address >> (12 + 9 * (level - 1)) & 511
        place = table + index * 8
        entry = physical_word(place)
        yield level, index, place, entry
        if not entry & PRESENT or level == 1 or (entry & LARGE and level < 4):
            return
        table = entry & FRAME


def describe_entry(level, entry):
    if not entry & PRESENT:
        return "not present"
    names = [name for bit, name in FLAGS if entry & bit]
    if level == 1 or entry & LARGE:
        names.insert(0, f"{PAGE_NAMES[level]} page")
    return ", ".join(names)


class LintelCommand(gdb.Command):
    """What a Limine kernel in QEMU is about: pages, memory, requests, traps."""

    def __init__(self):
        super().__init__("lintel", gdb.COMMAND_DATA, gdb.COMPLETE_COMMAND, True)


class PageCommand(gdb.Command):
    """lintel page ADDRESS: how the processor translates a virtual address, table by table.

    The address is any expression: lintel page $rsp"""

    def __init__(self):
        super().__init__("lintel page", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            fail("lintel page needs an address")
        if not number("$cr0") & 1 << 31:
            fail("paging is off: an address is a physical one")
        address = number(argument)
        levels = paging_levels()
        if (address >> (12 + 9 * levels - 1)) not in (0, (1 << (53 - 9 * levels)) - 1):
            fail(f"{address:#x} is no address with {levels} levels of page tables: its upper bits differ")
        print(f"{address:#018x}: {levels} levels from cr3 {number('$cr3'):#x}")
        steps = list(walk(address))
        for level, index, place, entry in steps:
            print(f"  level {level}  entry {index:3} at {place:#x}  {entry:#018x}  {describe_entry(level, entry)}")
        level, _, _, entry = steps[-1]
        if not entry & PRESENT:
            print("not mapped")
            return
        size = 1 << (12 + 9 * (level - 1))
        physical = (entry & FRAME & ~(size - 1)) | (address & (size - 1))
        # A right holds where all levels give it; whether all code may execute hangs on EFER.NXE, too.
        rights = ["readable"]
        if all(step[3] & WRITABLE for step in steps):
            rights.append("writable")
        if not any(step[3] & NO_EXECUTE for step in steps):
            rights.append("executable")
        if all(step[3] & USER for step in steps):
            rights.append("for user code, too")
        print(f"physical {physical:#x}, {', '.join(rights)}")


# --- The Limine protocol (PROTOCOL.md) ----------------------------------------------------------------------------

COMMON_MAGIC = struct.pack("<2Q", 0xC7B1DD30DF4C8B88, 0x0A82E883A194F07B)
BASE_REVISION_MAGIC = (0xF9562B2D5C95A6C8, 0x6A7B384944536BDC)
FEATURES = {
    0xF55038D8E2A1202F: "bootloader info",
    0x4B161536E598651E: "executable command line",
    0x8C2F75D90BEF28A8: "firmware type",
    0x224EF0460A8E8926: "stack size",
    0x48DCF1CB8AD2B852: "HHDM",
    0x9D5827DCD881DD75: "framebuffer",
    0x95C1A0EDAB0944CB: "paging mode",
    0x95A67B819A1B857E: "MP",
    0x67CF3D9D378A806F: "memory map",
    0x13D86C035A1CD3E1: "entry point",
    0xAD97E90E83F1ED67: "executable file",
    0x3E7E279702BE32AF: "modules",
    0xC5E77B6B397E7B43: "RSDP",
    0x9E9046F11E095391: "SMBIOS",
    0x5CEBA5163EAAF6D6: "EFI system table",
    0x7DF62A431D6872D5: "EFI memory map",
    0x502746E184C088AA: "date at boot",
    0x71BA76863CC55F63: "executable address",
    0x98E094FC7E76E979: "TPM event log",
    0xB40DDB48FB54BAC7: "device tree blob",
    0x6B50AD9BF36D13AD: "bootloader performance",
    0x8EBAABE51F490179: "x86-64 keep IOMMU",
    0x10F2EE1D87D195E4: "TSC frequency",
    0x3259399FE7C5F126: "flanterm parameters",
    0x65EA80255D5682C5: "entropy",
}
MEMORY_TYPES = ["usable", "reserved", "ACPI reclaimable", "ACPI NVS", "bad memory", "bootloader reclaimable",
                "executable and modules", "framebuffer", "reserved, mapped"]
FIRMWARE_TYPES = ["x86 BIOS", "32-bit EFI", "64-bit EFI", "SBI"]


def loaded_ranges():
    """Where the kernel's sections are, as GDB has placed them."""
    ranges = []
    for line in gdb.execute("maintenance info sections -all-objects", to_string=True).splitlines():
        match = re.search(r"(0x[0-9a-f]+)->(0x[0-9a-f]+) at 0x[0-9a-f]+: \S+ .*\bALLOC\b.*\bLOAD\b", line)
        if match:
            ranges.append((int(match[1], 16), int(match[2], 16)))
    return sorted(set(ranges))


def places_of(magic):
    """Where the kernel's image has these bytes, 8-byte aligned."""
    inferior = gdb.selected_inferior()
    found = []
    for begin, end in loaded_ranges():
        at = begin
        while at < end:
            try:
                at = inferior.search_memory(at, end - at, magic)
            except gdb.MemoryError:
                break
            if at is None:
                break
            if at % 8 == 0:
                found.append(at)
            at += 8
    return found


def requests():
    """Yields (address, first word of the feature's identifier, revision, response)."""
    for address in places_of(COMMON_MAGIC):
        id_word, _, revision, response = words(address + 16, 4)
        yield address, id_word, revision, response


def response_of(name):
    """The address of what the loader answered to a request; fails where it did not."""
    asked = False
    for _, id_word, _, response in requests():
        if FEATURES.get(id_word) == name:
            asked = True
            if response:
                return response
    fail(f"the loader has not answered the {name} request" if asked else f"the kernel does not ask for the {name}")


def summary_of(name, response):
    """What a response says, in a few words; nothing for those that say little or much."""
    value = words(response + 8, 1)[0]
    if name == "bootloader info":
        return f"{text_at(value)} {text_at(words(response + 16, 1)[0])}"
    if name == "executable command line":
        return text_at(value)
    if name == "firmware type":
        return FIRMWARE_TYPES[value] if value < len(FIRMWARE_TYPES) else str(value)
    if name == "HHDM":
        return f"offset {value:#x}"
    if name in ("framebuffer", "memory map", "modules", "flanterm parameters", "entropy"):
        return f"{value} entries, see lintel memory-map" if name == "memory map" else f"count {value}"
    if name == "MP":
        return f"{words(response + 16, 1)[0]} processors"
    if name == "paging mode":
        return "5 levels" if value == 1 else "4 levels"
    if name == "executable file":
        _, place, size, path = words(value, 4)
        return f"{text_at(path)}, {size} bytes at {place:#x}"
    if name == "executable address":
        return f"physical {value:#x}, virtual {words(response + 16, 1)[0]:#x}"
    if name in ("RSDP", "EFI system table", "device tree blob"):
        return f"at {value:#x}"
    if name == "date at boot":
        return f"{value} s since 1970"
    if name == "TSC frequency":
        return f"{value} Hz"
    return ""


class RequestsCommand(gdb.Command):
    """lintel requests: what the kernel asks the loader for, and what the loader has answered."""

    def __init__(self):
        super().__init__("lintel requests", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        for address in places_of(struct.pack("<Q", BASE_REVISION_MAGIC[0])):
            used, wanted = words(address + 8, 2)
            # The loader overwrites the second word with what it has used, and the third where it has what was wanted.
            answer = "not said" if used == BASE_REVISION_MAGIC[1] else str(used)
            print(f"{address:#x}  base revision: {answer}{f', not {wanted} as asked for' if wanted else ''}")
        found = list(requests())
        if not found:
            fail("the kernel's image has no requests in memory (is the machine at the kernel yet?)")
        for address, id_word, revision, response in found:
            name = FEATURES.get(id_word, f"unknown feature {id_word:#x}")
            answer = "no answer"
            if response:
                answer = f"response at {response:#x}, revision {words(response, 1)[0]}"
                summary = summary_of(name, response)
                answer += f": {summary}" if summary else ""
            print(f"{address:#x}  {name}, revision {revision}: {answer}")


def memory_type(value):
    return MEMORY_TYPES[value] if value < len(MEMORY_TYPES) else f"type {value}"


def size_text(size):
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size} bytes"


class MemoryMapCommand(gdb.Command):
    """lintel memory-map: the memory map that the loader has handed over."""

    def __init__(self):
        super().__init__("lintel memory-map", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        _, count, entries = words(response_of("memory map"), 3)
        for entry in words(entries, count):
            base, length, kind = words(entry, 3)
            print(f"{base:#014x}-{base + length:#014x}  {size_text(length):>12}  {memory_type(kind)}")


# --- The processor ------------------------------------------------------------------------------------------------


class ProcessorCommand(gdb.Command):
    """lintel processor: the processor of the current thread: where it is, and in what state."""

    def __init__(self):
        super().__init__("lintel processor", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        thread = gdb.selected_thread()
        if thread is None:
            fail("there is no machine; see: target remote")
        rip, flags, cr0, cr3, cr4 = (number(name) for name in ("$rip", "$eflags", "$cr0", "$cr3", "$cr4"))
        efer = number("$efer")
        on = [name for bit, name in ((1 << 20, "SMEP"), (1 << 21, "SMAP"), (1 << 11, "UMIP"))
              if cr4 & bit]
        on += ["WP"] if cr0 & 1 << 16 else []
        on += ["NX"] if efer & 1 << 11 else []
        print(f"processor {thread.num} of {len(gdb.selected_inferior().threads())}")
        print(f"  at          {rip:#x}{symbol_of(rip)}")
        print(f"  stack       {number('$rsp'):#x}")
        print(f"  privilege   ring {number('$cs') & 3}, interrupts {'on' if flags & 1 << 9 else 'off'}")
        print(f"  paging      {paging_levels()} levels, cr3 {cr3:#x}" if cr0 & 1 << 31 else "  paging      off")
        print(f"  cr2         {number('$cr2'):#x}")
        print(f"  protections {', '.join(on) or 'none'}")


class SlideCommand(gdb.Command):
    """lintel slide: with the machine at the kernel's entry point, moves its symbols to where the loader has put it."""

    def __init__(self):
        super().__init__("lintel slide", gdb.COMMAND_FILES)

    def invoke(self, argument, from_tty):
        linked = re.search(r"Entry point: (0x[0-9a-f]+)", gdb.execute("info files", to_string=True))
        if not linked:
            fail("GDB has no kernel; see: file")
        slide = (number("$pc") - int(linked[1], 16)) & MASK
        if slide % 4096:
            fail("the machine is not at the kernel's entry point")
        if slide:
            gdb.execute(f'symbol-file -o {slide:#x} "{gdb.current_progspace().filename}"')


# --- This kernel's own state --------------------------------------------------------------------------------------


class FramesCommand(gdb.Command):
    """lintel frames: Lintel's allocator of physical memory: how much is free, in blocks of which size."""

    def __init__(self):
        super().__init__("lintel frames", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        try:
            allocator = gdb.parse_and_eval("'lintel::(anonymous namespace)::frame_allocator'")
            total, free = int(allocator["frames_"]), int(allocator["free_frames_"])
            if total == 0:
                fail("the frame allocator is not open yet")
            direct = int(allocator["memory_"]["offset_"])
            lists = [[allocator["free_"]["__elems_"][zone]["__elems_"][order] for order in range(19)]
                     for zone in range(2)]
        except gdb.error as error:
            fail(f"this kernel has no frame allocator of Lintel's: {error}")
        print(f"{free} of {total} frames free ({size_text(free * 4096)})")
        for zone, name in enumerate(("below 4 GiB", "above 4 GiB")):
            for order, head in enumerate(lists[zone]):
                count, first = 0, int(head)
                while head != 0 and count < 10000:
                    count, head = count + 1, head["next"]
                if count:
                    print(f"  {name}: {count:5} of {size_text(4096 << order):>8}, the first at {first - direct:#x}")


LOG_LEVELS = ["debug: ", "", "warning: ", "error: ", "panic: ", ""]


class LogCommand(gdb.Command):
    """lintel log [COUNT]: the lines of Lintel's log that are still in memory, or the last COUNT of them."""

    def __init__(self):
        super().__init__("lintel log", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        try:
            ring = int(gdb.parse_and_eval("&'lintel::kernel_log'"))
        except gdb.error:
            fail("this kernel has no log of Lintel's")
        magic, entry, frequency, head, _ = words(ring, 5)
        if magic != int.from_bytes(b"lintelog", "little"):
            fail("the log is not open yet")
        inferior = gdb.selected_inferior()
        lines = []
        for place in range(max(0, head - 512), head):
            slot = bytes(inferior.read_memory(ring + 40 + 128 * (place % 512), 128))
            sequence, ticks, processor, level, part, _, length = struct.unpack_from("<QQHBBBB", slot)
            if sequence != place + 1:  # being written
                continue
            text = slot[24:24 + length].decode(errors="replace")
            if part == 0:
                seconds = (ticks - entry) / frequency if frequency else 0
                lines.append(f"[{seconds:12.6f} {processor}] {LOG_LEVELS[level]}{text}")
            elif lines:
                lines[-1] += text
        for line in lines[-number(argument):] if argument else lines:
            print(line)


TRAP_REGISTERS = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                  "r15", "rip", "rflags", "cs", "ss", "cr2"]


class TrapCommand(gdb.Command):
    """lintel trap [ADDRESS]: the registers that a trap has saved, from the trap frame at an address.

    Without one: from the innermost function that has a trap frame as its argument."""

    def __init__(self):
        super().__init__("lintel trap", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        try:
            kind = gdb.lookup_type("lintel::arch::TrapFrame")
        except gdb.error:
            fail("this kernel has no trap frames of Lintel's")
        if argument:
            self.show(gdb.Value(number(argument)).cast(kind.pointer()).dereference())
            return
        frame = gdb.newest_frame()
        while frame is not None:
            value = self.trap_frame_in(frame, kind)
            if value is not None:
                self.show(value)
                return
            frame = frame.older()
        fail("no function on this stack has a trap frame")

    @staticmethod
    def show(frame):
        try:
            print(frame.format_string())
            for row in range(0, len(TRAP_REGISTERS), 3):
                print("  ".join(f"{name:>6} {int(frame[name]):#018x}" for name in TRAP_REGISTERS[row:row + 3]))
        except gdb.MemoryError as error:
            fail(str(error))

    @staticmethod
    def trap_frame_in(frame, kind):
        try:
            block = frame.block()
        except RuntimeError:  # no debugging information
            return None
        for symbol in block:
            if not symbol.is_argument:
                continue
            target = symbol.type.strip_typedefs()
            if target.code not in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_PTR):
                continue
            if target.target().unqualified().strip_typedefs() == kind:
                value = symbol.value(frame)
                if not value.is_optimized_out:
                    return value.referenced_value()
        return None


# --- Printers -----------------------------------------------------------------------------------------------------


class AddressPrinter:
    """A physical or virtual address: its number, and for a virtual one what it is in."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        address = int(self.value["value_"])
        virtual = "VirtualSpace" in str(self.value.type.strip_typedefs())
        return f"{address:#x}{symbol_of(address) if virtual else ' (physical)'}"


class StringViewPrinter:
    """libc++'s std::string_view."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return self.value["__data_"].lazy_string(length=int(self.value["__size_"]))

    def display_hint(self):
        return "string"


class MemoryMapEntryPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        base, length = int(self.value["base"]), int(self.value["length"])
        return f"{base:#x}-{base + length:#x} {memory_type(int(self.value['type']))}"


class RequestPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        id_word, response = int(self.value["id_"][2]), int(self.value["response_"])
        name = FEATURES.get(id_word, f"unknown feature {id_word:#x}")
        return f"{name} request, {f'response at {response:#x}' if response else 'no answer'}"


class TrapFramePrinter:
    """One line; `lintel trap` has the registers."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        rip = int(self.value["rip"])
        return (f"vector {int(self.value['vector'])}, error code {int(self.value['error_code']):#x}, "
                f"at {rip:#x}{symbol_of(rip)}")


def make_printers():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("lintel")
    printers.add_printer("address", "^lintel::Address<.*>$", AddressPrinter)
    printers.add_printer("string_view", "^std::__1::basic_string_view<char, .*>$", StringViewPrinter)
    printers.add_printer("memory map entry", "^limine::MemoryMapEntry$", MemoryMapEntryPrinter)
    printers.add_printer("request", "^limine::Request<.*>$", RequestPrinter)
    printers.add_printer("trap frame", "^lintel::arch::TrapFrame$", TrapFramePrinter)
    return printers


def register():
    gdb.printing.register_pretty_printer(None, make_printers(), replace=True)
    for command in (LintelCommand, PageCommand, RequestsCommand, MemoryMapCommand, ProcessorCommand, SlideCommand,
                    FramesCommand, LogCommand, TrapCommand):
        command()


if __name__ == "__main__":
    # GDB runs all scripts in one namespace; this one shall not meet other people's names.
    with open(__file__, encoding="utf-8") as own:
        exec(compile(own.read(), __file__, "exec"), {"__name__": "lintel"})
else:
    register()
