// From a chosen entry to a machine that can be handed over: the loader's main list of steps, the same for every
// adapter.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "arch/enter.hpp"
#include "arch/local_apic.hpp"
#include "arch/quiet.hpp"
#include "base/result.hpp"
#include "loader/core/acpi.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/paging_mode.hpp"
#include "loader/core/processor.hpp"
#include "loader/core/processors.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

struct Module {
    std::string_view path;  // within the volume
    std::string_view string;
    std::string_view hash{};   // that its bytes must have, as has_hash() takes it; empty: any
    Volume* volume = nullptr;  // null: the executable's
    bool gzip = false;         // to be decompressed; the hash is then that of the compressed file
    std::string_view name{};   // the path as the configuration has it, without a hash
};

/// Where to tell what does not keep an executable from being booted.
class Warnings {
public:
    virtual void warn(const Error& error) = 0;

protected:
    ~Warnings() = default;
};

/// What becomes of files that no hash vouches for.
enum class Unhashed : std::uint8_t { accept, refuse };

/// Whom an entry's file is handed the machine by: us, or the firmware, to which it is an application of its own.
enum class BootProtocol : std::uint8_t { limine, efi };

/// A configuration entry that can be booted, its paths resolved to volumes. With `efi`, the executable is the
/// application, and what only the `limine` protocol has is not set.
struct BootPlan {
    Volume* volume;                 // that has the executable
    std::string_view path;          // of the executable within the volume, with a leading slash
    std::string_view command_line;  // empty where the entry has none
    std::string_view hash{};        // as Module::hash
    bool gzip = false;              // as Module::gzip
    std::string_view name{};        // as Module::name
    BootProtocol protocol = BootProtocol::limine;
    std::optional<Resolution> resolution{};
    std::span<const Module> modules{};
    Warnings* mismatches = nullptr;  // told of files that have another hash than they must; null: those are errors
    Unhashed unhashed = Unhashed::accept;
    bool measured = false;        // whether the TPM is to take note of what is loaded
    bool kaslr = false;           // whether a relocatable executable is put where nobody can foresee
    bool randomise_hhdm = false;  // the same for the direct map
    PagingLimits paging{};
    std::uint64_t started = 0;  // when the loader began, by Processor::timestamp()
};

/// Whether IOMMUs stay as the firmware left them ("x86-64 Keep IOMMU Feature").
enum class Iommus : std::uint8_t { disable, keep };

/// A machine in which everything is in place for the executable.
struct Prepared {
    arch::HandOver hand_over;
    AcpiTables acpi;  // which name the controllers that are still to be silenced
    Iommus iommus;
    arch::Silence silence;
    arch::ApicMode apic_mode;
    Processors processors;  // which are still to be started
};

/// Reads and checks the executable, places it and everything that the protocol promises it in memory, and ends the
/// firmware's part. Up to Firmware::finish() an error leaves the firmware alive.
Result<Prepared> prepare(Firmware& firmware, Processor& processor, const BootPlan& plan,
                         const arch::LocalApicFacts& apic = {});

}  // namespace lintel::loader
