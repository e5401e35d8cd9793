// What the core asks of the machine that it runs on. loader/uefi/ and loader/direct/ answer it; tests on the host
// answer it from a buffer.
// Invariant: no firmware's own types appear here, and after finish() nothing is called any more but memory(), and
// displays() without a wish, which then gives what it gave last.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/list.hpp"
#include "base/result.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// A stretch of physical memory.
struct Range {
    PhysAddr base;
    std::uint64_t length;  // bytes
};

/// A screen with a linear framebuffer.
struct Display {
    PhysAddr address;
    limine::VideoMode mode{};
    Bytes edid{};                                // empty where the screen has none
    std::span<const limine::VideoMode> modes{};  // all that the screen can show; may be empty
};

struct Resolution {
    std::uint64_t width;
    std::uint64_t height;
    std::uint16_t bpp = 32;
};

/// Where the firmware keeps the TPM's event log ("TPM Event Log Feature").
struct TpmLog {
    limine::TpmEventLogFormat format = limine::TpmEventLogFormat::tcg_2;
    PhysAddr start{};
    std::optional<PhysAddr> last_event{};  // its start; nothing where there is no event
};

/// Where the firmware left its tables; nothing where it has none.
struct SystemTables {
    std::optional<PhysAddr> rsdp{};
    std::optional<PhysAddr> smbios_32{};
    std::optional<PhysAddr> smbios_64{};
    std::optional<PhysAddr> efi_system_table{};
    std::optional<TpmLog> tpm_log{};
    /// What base revision 5 wants mapped besides ("Base Revision 5"): the EFI system table and what it refers to.
    std::span<const Range> efi_ranges{};
};

/// The firmware's own memory map, for the EFI Memory Map feature; empty where there is no EFI. The executable is
/// pointed to it where it lies: in memory that is reported as bootloader_reclaimable.
struct EfiMap {
    Bytes descriptors{};
    std::uint64_t descriptor_size = 0;  // bytes
    std::uint32_t descriptor_version = 0;
};

/// One entry of the memory map as the firmware tells it, translated to the protocol's types ("EFI Memory Map Entry
/// Type to Limine Memory Map Type"). EFI runtime services are told as reserved_mapped; older base revisions see
/// them as reserved, which the core takes care of.
struct MemoryRegion {
    PhysAddr base;
    std::uint64_t length;  // bytes
    limine::MemoryType type;
    friend bool operator==(const MemoryRegion&, const MemoryRegion&) = default;
};

/// Something to extend a register of the TPM's with; label and text together are what the event log has for it.
struct Measurement {
    std::uint32_t pcr;
    Bytes data;
    std::string_view label;
    std::string_view text;
};

/// What newly allocated memory holds.
enum class Contents : std::uint8_t { zeroed, undefined };

class Firmware {
public:
    [[nodiscard]] virtual limine::Firmware type() const = 0;

    /// Where physical memory can be reached: at offset 0 in the real adapters.
    [[nodiscard]] virtual DirectMap memory() const = 0;

    /// Where what memory() reaches ends: nothing from here on may be read, whatever a table says.
    virtual PhysAddr reachable_end() = 0;

    /// `bytes`, rounded up to pages, of contiguous memory, page-aligned, that finish() reports as
    /// bootloader_reclaimable. Undefined contents are for what is overwritten whole at once: clearing a large file's
    /// room costs as much as reading the file.
    virtual Result<PhysAddr> allocate(std::uint64_t bytes, Contents contents) = 0;

    /// The same, zeroed.
    Result<PhysAddr> allocate(std::uint64_t bytes) { return allocate(bytes, Contents::zeroed); }

    /// The same, zeroed, below 1 MiB and above the first page; code can run there.
    virtual Result<PhysAddr> allocate_low(std::uint64_t bytes) = 0;

    /// The screens, switched to `wanted` or, without it or where they cannot show it, to their preferred mode.
    /// Empty where there is none.
    virtual std::span<const Display> displays(std::optional<Resolution> wanted) = 0;

    virtual SystemTables tables() = 0;

    /// Seconds since 1970-01-01 by the real-time clock; nothing where it cannot be read.
    virtual std::optional<std::int64_t> now() = 0;

    /// A random number; nothing where the firmware has no source of them.
    virtual std::optional<std::uint64_t> random() { return std::nullopt; }

    /// Whether there is a TPM that measure() reaches.
    virtual bool can_measure() { return false; }

    /// Has the TPM take note of something. Only where can_measure().
    virtual Status measure(const Measurement& measurement) {
        static_cast<void>(measurement);
        return {};
    }

    /// Where the highest memory ends that finish() will report as anything but reserved or bad.
    virtual PhysAddr memory_end() = 0;

    /// Where the highest memory of any type ends that finish() will report.
    virtual PhysAddr regions_end() = 0;

    /// At least as many regions as finish() will report.
    virtual std::size_t region_limit() = 0;

    /// The entry that was booted last, as `remember_last_entry` wants it kept; empty where nothing was.
    virtual std::string_view remembered_entry() { return {}; }

    /// Keeps it for the next time, where the machine has a place for it.
    virtual void remember_entry(std::string_view path) { static_cast<void>(path); }

    /// Ends the firmware's part (under EFI: ExitBootServices, UEFI 2.10, 7.4.6) and reports all memory, in any
    /// order, in `regions`. Where it fails, the firmware is still there.
    virtual Result<EfiMap> finish(List<MemoryRegion>& regions) = 0;

protected:
    ~Firmware() = default;
};

}  // namespace lintel::loader
