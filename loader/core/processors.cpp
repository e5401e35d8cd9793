// Reads the MADT's processors, and keeps the response in step with what became of them.
// Invariant: nothing here touches a processor.
#include "loader/core/processors.hpp"

#include <algorithm>

#include "arch/processors.hpp"
#include "base/checked.hpp"

namespace lintel::loader {
namespace {

using enum ErrorCode;

/// IDs from here on cannot be addressed in xAPIC mode: the last of 8 bits means all processors.
constexpr std::uint32_t xapic_limit = 0xff;

/// Intel VT-d 4.1, 8.1: bits 0 and 1 of the flags.
bool opts_out_of_x2apic(const AcpiTables& tables) {
    constexpr std::uint8_t interrupt_remapping = 1 << 0, x2apic_opt_out = 1 << 1;
    auto dmar = tables.table(acpi::dmar_signature);
    auto flags = dmar ? read_at<std::uint8_t>(*dmar, 37) : std::nullopt;
    return flags && (*flags & interrupt_remapping) != 0 && (*flags & x2apic_opt_out) != 0;
}

std::size_t count_processors(Bytes madt) {
    std::size_t count = 0;
    acpi::for_each_processor(madt, [&](const acpi::Processor&) { ++count; });
    return count;
}

}  // namespace

Result<arch::ApicMode> choose_apic_mode(const Requests& requests, const AcpiTables& tables,
                                        const arch::LocalApicFacts& apic) {
    using enum arch::ApicMode;
    bool starts_processors = requests.asks_for(mp_id);
    bool wants_x2apic = false;
    if (starts_processors) {
        auto flags = TRY(requests.parameters<limine::MpParameters>(mp_id)).flags;
        wants_x2apic = (flags & static_cast<std::uint64_t>(limine::LocalApicMode::x2apic)) != 0;
    }
    if (wants_x2apic && apic.has_x2apic && !opts_out_of_x2apic(tables)) return x2apic;
    if (apic.mode == xapic || apic.can_leave_x2apic) return xapic;
    if (starts_processors && !wants_x2apic)
        return fail(unsupported, "the executable does not ask for x2APIC mode, which this processor cannot leave");
    return x2apic;
}

Status list_processors(const AcpiTables& tables, arch::ApicMode mode, std::uint32_t own_id,
                       List<limine::Processor>& processors) {
    bool room = true;
    auto add = [&](std::uint32_t uid, std::uint32_t apic_id) {
        auto known = std::ranges::find(processors.view(), apic_id, &limine::Processor::lapic_id);
        if (known == processors.view().end())
            room = processors.push({.acpi_id = uid,
                                    .lapic_id = apic_id,
                                    .reserved = 0,
                                    .goto_address = nullptr,
                                    .extra_argument = 0}) &&
                   room;
    };
    if (auto madt = tables.table(acpi::madt_signature)) {
        acpi::for_each_processor(*madt, [&](const acpi::Processor& processor) {
            bool addressable = mode == arch::ApicMode::x2apic || processor.apic_id < xapic_limit;
            if (processor.usable && addressable) add(processor.uid, processor.apic_id);
        });
    }
    // Firmware without a MADT, or with one that leaves it out.
    add(0, own_id);
    if (!room) return fail(out_of_memory, "there are more processors than there is room for");
    return {};
}

Result<Processors> Processors::create(Firmware& firmware, Arena& arena, const AcpiTables& tables, arch::ApicMode mode,
                                      std::uint32_t own_id, std::uint64_t stack_size) {
    Processors processors;
    auto madt = tables.table(acpi::madt_signature);
    std::size_t most = 1 + (madt ? count_processors(*madt) : 0);
    processors.list_ = List(TRY(arena.array<limine::Processor>(most)));
    TRY(list_processors(tables, mode, own_id, processors.list_));
    std::size_t count = processors.list_.size();
    processors.pointers_ = TRY(arena.array<limine::Processor*>(count));
    bool is_x2apic = mode == arch::ApicMode::x2apic;
    processors.response_ = TRY(
        arena.make(limine::MpResponse{.revision = 0,
                                      .mode = is_x2apic ? limine::LocalApicMode::x2apic : limine::LocalApicMode::xapic,
                                      .bsp_lapic_id = own_id,
                                      .cpu_count = count,
                                      .cpus = arena.shared(processors.pointers_.data())}));
    for (std::size_t i = 0; i < count; ++i) processors.pointers_[i] = arena.shared(&processors.list_[i]);
    if (!processors.any_to_start()) return processors;
    // Each by itself, as memory may have no hole for all of them at once.
    processors.stack_tops_ = TRY(arena.array<PhysAddr>(count - 1));
    for (PhysAddr& top : processors.stack_tops_)
        top = TRY(firmware.allocate(stack_size, Contents::undefined)) + stack_size;
    return processors;
}

void Processors::answer(const Requests& requests, const Arena& arena) const {
    if (response_ != nullptr) requests.answer(mp_id, arena.shared_address(response_));
}

void Processors::leave_out_missing() const {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < list_.size(); ++i) {
        bool came = list_[i].reserved != 0 && list_[i].reserved != arch::ParkingPlace::given_up;
        bool here = came || list_[i].lapic_id == response_->bsp_lapic_id;
        if (here) pointers_[kept++] = pointers_[i];
    }
    if (response_ != nullptr) response_->cpu_count = kept;
}

}  // namespace lintel::loader
