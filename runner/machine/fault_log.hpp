// The guest's exceptions and interrupts, as QEMU's own emulation writes them down (-d int,cpu_reset).
// Invariant: the file stays small: a machine that faults without end, or too often for the log to be free, loses it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runner/machine/qmp.hpp"

namespace lintel::runner {

/// One exception or interrupt, before the processor looked for its handler.
struct Fault {
    unsigned vector = 0;
    std::uint64_t error = 0;
    bool software = false;  // an INT instruction
    unsigned privilege = 0;
    std::uint64_t instruction = 0;
    std::uint64_t stack = 0;
    std::uint64_t address = 0;  // CR2, of a page fault
};

struct FaultHistory {
    std::vector<Fault> faults{};  // the last ones, oldest first
    bool triple_fault = false;    // and nothing came behind it
};

/// Understands the last part of such a log; what does not parse is left out.
FaultHistory parse_faults(std::string_view log);

/// Those that led to a triple fault: the first one and what its failed deliveries raised. Empty where there is none.
std::span<const Fault> last_chain(const FaultHistory& history);

class FaultLog {
public:
    FaultLog() = default;  // no log: KVM writes none
    explicit FaultLog(fs::path file) : file_(std::move(file)), open_(true), since_(Clock::now()) {}

    /// To be called now and then: keeps the file small, and switches the log off where it costs time.
    void limit(Qmp& control);
    [[nodiscard]] bool open() const { return open_; }
    /// The last faults; of a log that was switched off, those before that.
    [[nodiscard]] FaultHistory read() const;

private:
    fs::path file_{};
    bool open_ = false;
    FaultHistory kept_{};     // the last ones before the log was switched off
    std::uint64_t mark_ = 0;  // the file's length when it was made small
    Clock::time_point since_{};
};

}  // namespace lintel::runner
