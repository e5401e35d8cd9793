// Reads a kernel's code, function by function, for two things that work in programs and not in kernels: registers that
// no interrupt saves (x87, MMX, SSE, AVX), and the stack below its pointer (the red zone), which interrupts overwrite.
// Invariant: what is reported is certain as far as the bytes of a function's symbol are its instructions; where the
// stack pointer moves in a way that is not followed, nothing is reported.
#include <Zydis/Zydis.h>

#include <array>
#include <future>
#include <thread>

#include "runner/check/parts.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t most_named_functions = 5;
constexpr std::uint64_t worth_a_thread = 256 << 10;  // bytes of code

struct Function {
    std::uint64_t address;
    Bytes code;
};

/// What one function does that matters here; addresses are those of the first instruction of a kind.
struct Facts {
    bool saves_vectors = false;
    std::uint64_t vector = 0;
    std::uint64_t red_zone = 0;
};

constexpr auto vector_extensions = [] {
    std::array<bool, ZYDIS_ISA_EXT_MAX_VALUE + 1> of{};
    for (ZydisISAExt one :
         {ZYDIS_ISA_EXT_X87,        ZYDIS_ISA_EXT_MMX,      ZYDIS_ISA_EXT_AMD3DNOW,   ZYDIS_ISA_EXT_SSE,
          ZYDIS_ISA_EXT_SSE2,       ZYDIS_ISA_EXT_SSE3,     ZYDIS_ISA_EXT_SSSE3,      ZYDIS_ISA_EXT_SSE4,
          ZYDIS_ISA_EXT_SSE4A,      ZYDIS_ISA_EXT_AES,      ZYDIS_ISA_EXT_PCLMULQDQ,  ZYDIS_ISA_EXT_SHA,
          ZYDIS_ISA_EXT_GFNI,       ZYDIS_ISA_EXT_AVX,      ZYDIS_ISA_EXT_AVX2,       ZYDIS_ISA_EXT_AVX2GATHER,
          ZYDIS_ISA_EXT_AVXAES,     ZYDIS_ISA_EXT_AVX_VNNI, ZYDIS_ISA_EXT_AVX512EVEX, ZYDIS_ISA_EXT_AVX512VEX,
          ZYDIS_ISA_EXT_F16C,       ZYDIS_ISA_EXT_FMA,      ZYDIS_ISA_EXT_FMA4,       ZYDIS_ISA_EXT_VAES,
          ZYDIS_ISA_EXT_VPCLMULQDQ, ZYDIS_ISA_EXT_XOP})
        of[one] = true;
    return of;
}();

/// Saves or restores the whole state: who has that does not use the registers by accident.
bool saves_state(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
        case ZYDIS_MNEMONIC_FXSAVE:
        case ZYDIS_MNEMONIC_FXSAVE64:
        case ZYDIS_MNEMONIC_FXRSTOR:
        case ZYDIS_MNEMONIC_FXRSTOR64:
        case ZYDIS_MNEMONIC_FNSAVE:
        case ZYDIS_MNEMONIC_FRSTOR:
        case ZYDIS_MNEMONIC_XSAVE:
        case ZYDIS_MNEMONIC_XSAVE64:
        case ZYDIS_MNEMONIC_XSAVEC:
        case ZYDIS_MNEMONIC_XSAVEC64:
        case ZYDIS_MNEMONIC_XSAVEOPT:
        case ZYDIS_MNEMONIC_XSAVEOPT64:
        case ZYDIS_MNEMONIC_XSAVES:
        case ZYDIS_MNEMONIC_XSAVES64:
        case ZYDIS_MNEMONIC_XRSTOR:
        case ZYDIS_MNEMONIC_XRSTOR64:
        case ZYDIS_MNEMONIC_XRSTORS:
        case ZYDIS_MNEMONIC_XRSTORS64:
            return true;
        default:
            return false;
    }
}

/// Sets the unit up, or asks for its state, and changes no number in it.
bool only_controls(ZydisMnemonic mnemonic) {
    switch (mnemonic) {
        case ZYDIS_MNEMONIC_FNINIT:
        case ZYDIS_MNEMONIC_FNCLEX:
        case ZYDIS_MNEMONIC_FNSTCW:
        case ZYDIS_MNEMONIC_FNSTSW:
        case ZYDIS_MNEMONIC_FLDCW:
        case ZYDIS_MNEMONIC_FWAIT:
            return true;
        default:
            return false;
    }
}

class Reader {
public:
    Reader() { ZydisDecoderInit(&decoder_, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64); }

    Facts read(const Function& function) {
        Facts facts;
        Frame frame;
        VariadicSave save;
        for (std::uint64_t at = 0; at < function.code.size();) {
            const Bytes rest = function.code.subspan(at);
            if (!ZYAN_SUCCESS(
                    ZydisDecoderDecodeInstruction(&decoder_, &context_, rest.data(), rest.size(), &instruction_)))
                break;  // data in the code: what follows may be read from its middle
            const std::uint64_t address = function.address + at;
            if (saves_state(instruction_.mnemonic)) facts.saves_vectors = true;
            const bool stored_if_passed = follow_variadic_save(save, address);
            if (facts.vector == 0 && !stored_if_passed && uses_vectors()) facts.vector = address;
            follow_stack(frame, address);
            at += instruction_.length;
        }
        facts.red_zone = frame.below_pointer;
        if (facts.red_zone == 0 && !frame.pointer_set_freely && frame.farthest > frame.room)
            facts.red_zone = frame.farthest_at;
        return facts;
    }

    /// The instruction at the start of `code`, as text.
    std::string text(Bytes code, std::uint64_t address) {
        std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
        std::array<char, 128> text{};
        ZydisFormatter formatter;
        ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
        if (!ZYAN_SUCCESS(
                ZydisDecoderDecodeFull(&decoder_, code.data(), code.size(), &instruction_, operands.data())) ||
            !ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &instruction_, operands.data(),
                                                          instruction_.operand_count_visible, text.data(), text.size(),
                                                          address, nullptr)))
            return {};
        return text.data();
    }

private:
    /// The stack that a function has taken below the frame pointer, and how far it reaches there.
    struct Frame {
        bool has_pointer = false;         // `mov rbp, rsp` was seen
        bool pointer_set_freely = false;  // rsp gets values that are not followed
        std::int64_t room = 0;            // bytes: everything that was taken anywhere in the function
        std::int64_t farthest = 0;        // bytes below rbp
        std::uint64_t farthest_at = 0;
        std::uint64_t below_pointer = 0;  // the first access below rsp itself
    };

    /// Where a variadic function keeps the vector registers that its caller passes arguments in. It asks AL, which is
    /// zero where there are none (System V ABI for AMD64, 3.5.7), so nobody comes there but from other vector code.
    struct VariadicSave {
        bool asked = false;     // the instruction before was `test al, al`
        std::uint64_t end = 0;  // where the jump over the stores leads
    };

    /// Whether the instruction is one of these stores.
    bool follow_variadic_save(VariadicSave& save, std::uint64_t address) const {
        const auto& raw = instruction_.raw;
        if (save.asked && instruction_.mnemonic == ZYDIS_MNEMONIC_JZ)
            save.end = address + instruction_.length + static_cast<std::uint64_t>(raw.imm[0].value.s);
        save.asked = instruction_.mnemonic == ZYDIS_MNEMONIC_TEST && instruction_.opcode == 0x84 &&
                     raw.modrm.mod == 3 && raw.modrm.reg == 0 && raw.modrm.rm == 0 && raw.prefix_count == 0;
        const bool stores =
            instruction_.mnemonic == ZYDIS_MNEMONIC_MOVAPS || instruction_.mnemonic == ZYDIS_MNEMONIC_VMOVAPS;
        return stores && instruction_.opcode == 0x29 && raw.modrm.mod != 3 && address < save.end;
    }

    bool uses_vectors() {
        if (!vector_extensions[instruction_.meta.isa_ext]) return false;
        if (instruction_.meta.isa_ext == ZYDIS_ISA_EXT_X87) return !only_controls(instruction_.mnemonic);
        // These extensions have instructions for memory and general registers, too: fences, prefetches, crc32.
        std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&decoder_, &context_, &instruction_, operands.data(),
                                                     instruction_.operand_count)))
            return false;
        return std::ranges::any_of(std::span(operands).first(instruction_.operand_count), [](const auto& operand) {
            if (operand.type != ZYDIS_OPERAND_TYPE_REGISTER) return false;
            switch (ZydisRegisterGetClass(operand.reg.value)) {
                case ZYDIS_REGCLASS_X87:
                case ZYDIS_REGCLASS_MMX:
                case ZYDIS_REGCLASS_XMM:
                case ZYDIS_REGCLASS_YMM:
                case ZYDIS_REGCLASS_ZMM:
                case ZYDIS_REGCLASS_MASK:
                    return true;
                default:
                    return false;
            }
        });
    }

    [[nodiscard]] bool has_modrm() const { return (instruction_.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0; }
    [[nodiscard]] bool plain() const {
        return instruction_.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY && has_modrm();
    }

    /// Whether the operand in ModRM.rm is the register rsp itself.
    [[nodiscard]] bool changes_pointer() const {
        return plain() && instruction_.raw.modrm.mod == 3 && instruction_.raw.modrm.rm == 4 &&
               instruction_.raw.rex.B == 0 && instruction_.operand_width == 64;
    }
    /// Whether the register in ModRM.reg is rsp.
    [[nodiscard]] bool names_pointer() const {
        return plain() && instruction_.raw.modrm.reg == 4 && instruction_.raw.rex.R == 0;
    }
    [[nodiscard]] bool is_memory() const { return plain() && instruction_.raw.modrm.mod != 3; }
    [[nodiscard]] bool is_below_pointer() const {
        return is_memory() && instruction_.raw.modrm.rm == 4 && instruction_.raw.sib.base == 4 &&
               instruction_.raw.rex.B == 0 && instruction_.raw.sib.index == 4 && instruction_.raw.rex.X == 0 &&
               instruction_.raw.disp.value < 0;
    }
    [[nodiscard]] bool is_below_frame() const {
        return is_memory() && instruction_.raw.modrm.mod != 0 && instruction_.raw.modrm.rm == 5 &&
               instruction_.raw.rex.B == 0 && instruction_.raw.disp.value < 0;
    }

    void follow_stack(Frame& frame, std::uint64_t address) {
        const std::int64_t immediate = instruction_.raw.imm[0].value.s;
        switch (instruction_.mnemonic) {
            case ZYDIS_MNEMONIC_PUSH:
            case ZYDIS_MNEMONIC_PUSHFQ:
                if (frame.has_pointer) frame.room += 8;
                break;
            case ZYDIS_MNEMONIC_SUB:
            case ZYDIS_MNEMONIC_ADD:
                if (!changes_pointer()) break;
                if (instruction_.raw.imm[0].size == 0)
                    frame.pointer_set_freely = true;
                else if (instruction_.mnemonic == ZYDIS_MNEMONIC_SUB ? immediate > 0 : immediate < 0)
                    frame.room += immediate < 0 ? -immediate : immediate;
                break;
            case ZYDIS_MNEMONIC_MOV:
                // 48 89 e5, or 48 8b ec: mov rbp, rsp
                if (plain() && instruction_.raw.modrm.mod == 3 &&
                    ((instruction_.opcode == 0x89 && instruction_.raw.modrm.rm == 5 && names_pointer()) ||
                     (instruction_.opcode == 0x8b && instruction_.raw.modrm.reg == 5 && changes_pointer())))
                    frame.has_pointer = true;
                else if ((instruction_.opcode == 0x89 && changes_pointer()) ||
                         (instruction_.opcode == 0x8b && names_pointer()))
                    frame.pointer_set_freely = true;
                break;
            case ZYDIS_MNEMONIC_ENTER:
            case ZYDIS_MNEMONIC_XCHG:
            case ZYDIS_MNEMONIC_AND:
                if (changes_pointer() || instruction_.mnemonic == ZYDIS_MNEMONIC_ENTER) frame.pointer_set_freely = true;
                break;
            case ZYDIS_MNEMONIC_LEA:
                if (names_pointer()) frame.pointer_set_freely = true;
                return;  // an address is no access
            case ZYDIS_MNEMONIC_NOP:
                return;
            default:
                break;
        }
        if (is_below_pointer() && frame.below_pointer == 0) frame.below_pointer = address;
        if (frame.has_pointer && is_below_frame() && -instruction_.raw.disp.value > frame.farthest) {
            frame.farthest = -instruction_.raw.disp.value;
            frame.farthest_at = address;
        }
    }

    ZydisDecoder decoder_{};
    ZydisDecoderContext context_{};
    ZydisDecodedInstruction instruction_{};
};

/// The bytes that the file has for `size` bytes of code at `address`; none where that is no code.
Bytes code_at(const CheckedKernel& kernel, const loader::Executable& executable, std::uint64_t address,
              std::uint64_t size) {
    if (!executable.is_code(VirtAddr(address))) return {};
    for (const loader::Segment& segment : executable.segments()) {
        const std::uint64_t offset = address - segment.virt.value();
        if (address < segment.virt.value() || offset >= segment.file_size) continue;
        return kernel.file.subspan(segment.file_offset + offset, std::min(size, segment.file_size - offset));
    }
    return {};
}

/// Each function once; without symbols, each executable segment in one piece.
std::vector<Function> functions_of(const CheckedKernel& kernel, const loader::Executable& executable) {
    std::vector<Function> functions;
    std::uint64_t reached = 0;
    for (const ElfSymbol& symbol : kernel.sections.symbols()) {
        if (!symbol.function || symbol.size == 0 || symbol.address < reached) continue;
        const Bytes code = code_at(kernel, executable, symbol.address, symbol.size);
        if (code.empty()) continue;
        functions.push_back({symbol.address, code});
        reached = symbol.address + code.size();
    }
    if (!functions.empty()) return functions;
    for (const loader::Segment& segment : executable.segments())
        if (executable.is_code(segment.virt))
            functions.push_back({segment.virt.value(), kernel.file.subspan(segment.file_offset, segment.file_size)});
    return functions;
}

/// "1 function uses", "2 functions use".
std::string functions_that(std::size_t count, std::string_view verb) {
    return count == 1 ? fmt::format("1 function {}s", verb) : fmt::format("{} functions {}", count, verb);
}

std::vector<Facts> read_all(std::span<const Function> functions) {
    Reader reader;
    std::vector<Facts> facts;
    facts.reserve(functions.size());
    for (const Function& function : functions) facts.push_back(reader.read(function));
    return facts;
}

/// On as many processors as are worth it.
std::vector<Facts> read_all_at_once(std::span<const Function> functions) {
    std::uint64_t size = 0;
    for (const Function& function : functions) size += function.code.size();
    const std::uint64_t parts =
        std::clamp<std::uint64_t>(size / worth_a_thread, 1, std::max(1U, std::thread::hardware_concurrency()));
    if (parts == 1) return read_all(functions);
    std::vector<std::future<std::vector<Facts>>> running;
    for (std::size_t begin = 0, i = 0; i < parts; ++i) {
        std::size_t end = begin;
        for (std::uint64_t taken = 0; end < functions.size() && (taken < size / parts || i + 1 == parts); ++end)
            taken += functions[end].code.size();
        running.push_back(std::async(std::launch::async, read_all, functions.subspan(begin, end - begin)));
        begin = end;
    }
    std::vector<Facts> facts;
    for (auto& part : running) std::ranges::copy(part.get(), std::back_inserter(facts));
    return facts;
}

}  // namespace

void check_code(const CheckedKernel& kernel, const loader::Executable& executable, Remarks& remarks) {
    const auto functions = functions_of(kernel, executable);
    const auto facts = read_all_at_once(functions);
    const bool saves_itself = std::ranges::any_of(facts, &Facts::saves_vectors);

    Reader reader;
    auto report = [&](std::uint64_t Facts::* kind, Remark remark, auto sentence) {
        std::size_t count = 0;
        for (const Facts& one : facts) {
            const std::uint64_t address = one.*kind;
            if (address == 0 || ++count > most_named_functions) continue;
            Spot spot = kernel.code_spot(address);
            spot.detail = reader.text(code_at(kernel, executable, address, 15), address);
            remark.spots.push_back(spot);
        }
        if (count == 0) return;
        remark.text = sentence(count);
        remarks.push_back(std::move(remark));
    };
    Remark vectors{Severity::warning,
                   "vector-code",
                   "",
                   {},
                   "compile with -mno-mmx -mno-sse -mno-sse2 -mno-80387, or -mgeneral-regs-only; or set CR4.OSFXSR and "
                   "save the registers (fxsave, xsave) on each interrupt"};
    if (saves_itself) vectors = {Severity::note, "vector-code-saved", ""};
    report(&Facts::vector, std::move(vectors), [&](std::size_t count) {
        return functions_that(count, "use") +
               (saves_itself ? " vector or x87 registers; code to save them is there"
                             : " vector or x87 registers, which nothing saves; until the kernel switches them on, each "
                               "such instruction is invalid (#UD)");
    });
    Remark red_zone{
        Severity::warning, "red-zone", "", {}, "compile with -mno-red-zone (for Rust: disable-redzone in the target)"};
    report(&Facts::red_zone, std::move(red_zone), [](std::size_t count) {
        return functions_that(count, "keep") + " data below the stack pointer (the red zone), where interrupts write";
    });
}

}  // namespace lintel::runner
