// The MP feature: which processors there are, where each waits for the executable, and the response that says so
// (PROTOCOL.md, "MP (Multiprocessor) Feature").
// Invariant: each processor is listed once; one that has not arrived when the executable starts is not listed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "arch/local_apic.hpp"
#include "base/address.hpp"
#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/acpi.hpp"
#include "loader/core/arena.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/requests.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

inline constexpr limine::FeatureId mp_id = limine::Mp<>::id;

/// How the executable is to find the local APICs. Fails where it insists on a mode that cannot be had.
Result<arch::ApicMode> choose_apic_mode(const Requests& requests, const AcpiTables& tables,
                                        const arch::LocalApicFacts& apic);

/// Adds the processors that can be used in `mode`, as the MADT has them, and the one with `own_id` in any case.
Status list_processors(const AcpiTables& tables, arch::ApicMode mode, std::uint32_t own_id,
                       List<limine::Processor>& processors);

class Processors {
public:
    /// None: what an executable gets that does not ask.
    Processors() = default;

    /// Lists the processors and takes the memory that they need, `stack_size` bytes for each but this one.
    static Result<Processors> create(Firmware& firmware, Arena& arena, const AcpiTables& tables, arch::ApicMode mode,
                                     std::uint32_t own_id, std::uint64_t stack_size);

    /// Whether there are any to start.
    [[nodiscard]] bool any_to_start() const { return list_.size() > 1; }
    [[nodiscard]] std::span<limine::Processor> list() { return list_.view(); }
    [[nodiscard]] std::span<const PhysAddr> stack_tops() const { return stack_tops_; }

    /// Answers the request. The answer is complete with leave_out_missing().
    void answer(const Requests& requests, const Arena& arena) const;

    /// Takes those out of the response that did not arrive.
    void leave_out_missing() const;

private:
    List<limine::Processor> list_;
    std::span<limine::Processor*> pointers_;  // the response's, as the executable sees them
    limine::MpResponse* response_ = nullptr;
    std::span<PhysAddr> stack_tops_;  // one for each but this processor
};

}  // namespace lintel::loader
