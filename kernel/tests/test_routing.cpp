// Interrupts of devices, through the I/O APICs.
#include <algorithm>
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/interval_timer.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/interrupts/routing.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"

namespace lintel {
namespace {

constexpr std::uint16_t a_millisecond = 1193;  // counts of the interval timer
constexpr std::uint32_t unconnected_line = 23;

constinit std::atomic<unsigned> came = 0;
constinit unsigned vector = 0;

unsigned own_vector() {
    if (vector == 0) vector = add_interrupt_handler("interval timer", [](void*) { came.fetch_add(1); }).value_or(0);
    return vector;
}

acpi::InterruptLine timer_line() { return isa_line(arch::interval_timer_interrupt); }

void isa_interrupt_0_arrives_where_the_madt_has_it() {
    const unsigned before = came.load();
    expect(route_interrupt(timer_line(), own_vector(), this_processor().apic_id).has_value(), "there is no such line");
    arch::start_interval_timer(a_millisecond);
    const Instant start = now();
    while (came.load() == before && now() - start < Duration::seconds(20)) arch::wait_a_moment();
    expect(came.load() == before + 1, "the interrupt did not come");
    mask_interrupt(timer_line().number);
}

void an_interrupt_comes_to_the_processor_that_its_line_leads_to() {
    static constinit std::array<std::atomic<unsigned>, most_processors> came_to{};
    static constinit unsigned own = 0;
    if (own == 0)
        own = add_interrupt_handler("interval timer", [](void*) { ++came_to[this_processor().number]; }).value_or(0);
    for (unsigned number = 0; number < std::min(processor_count(), 4U); ++number) {
        const unsigned before = came_to[number].load();
        expect(route_interrupt(timer_line(), own, processor(number).apic_id).has_value(), "there is no such line");
        arch::start_interval_timer(a_millisecond);
        const Instant start = now();
        while (came_to[number].load() == before && now() - start < Duration::seconds(20)) arch::wait_a_moment();
        expect(came_to[number].load() == before + 1, "the interrupt did not come there");
    }
    mask_interrupt(timer_line().number);
}

void a_masked_line_is_silent() {
    expect(route_interrupt(timer_line(), own_vector(), this_processor().apic_id).has_value(), "there is no such line");
    mask_interrupt(timer_line().number);
    const unsigned before = came.load();
    arch::start_interval_timer(a_millisecond);
    spin(Duration::milliseconds(5));
    expect(came.load() == before, "an interrupt came");
}

void a_line_that_nobody_asked_for_is_masked() {
    const auto route = route_of(unconnected_line);
    expect(route.has_value() && route->masked, "it is not masked");
}

void a_route_reads_back_as_it_was_set() {
    const acpi::InterruptLine line{unconnected_line, acpi::Polarity::low, acpi::Trigger::level};
    expect(route_interrupt(line, own_vector(), this_processor().apic_id).has_value(), "there is no such line");
    const auto route = route_of(unconnected_line);
    const arch::Route wanted{.vector = own_vector(),
                             .apic_id = static_cast<std::uint8_t>(this_processor().apic_id),
                             .polarity = acpi::Polarity::low,
                             .trigger = acpi::Trigger::level};
    expect(route.has_value() && *route == wanted, "it is another one");
    mask_interrupt(unconnected_line);
}

void a_line_that_is_not_there_is_refused() {
    const acpi::InterruptLine line{100'000, acpi::Polarity::high, acpi::Trigger::edge};
    const Status status = route_interrupt(line, own_vector(), this_processor().apic_id);
    expect(!status && status.error().text == "no I/O APIC has this line", "it was routed");
    expect(!route_of(100'000), "it has a route");
}

void a_processor_beyond_8_bits_is_refused() {
    const Status status = route_interrupt(timer_line(), own_vector(), 255);
    expect(!status && status.error().text == "an I/O APIC cannot name this processor", "it was routed");
}

constexpr std::array<KernelTest, 7> routing_list = {{
    {"routing: isa_interrupt_0_arrives_where_the_madt_has_it", isa_interrupt_0_arrives_where_the_madt_has_it},
    {"routing: an_interrupt_comes_to_the_processor_that_its_line_leads_to",
     an_interrupt_comes_to_the_processor_that_its_line_leads_to},
    {"routing: a_masked_line_is_silent", a_masked_line_is_silent},
    {"routing: a_line_that_nobody_asked_for_is_masked", a_line_that_nobody_asked_for_is_masked},
    {"routing: a_route_reads_back_as_it_was_set", a_route_reads_back_as_it_was_set},
    {"routing: a_line_that_is_not_there_is_refused", a_line_that_is_not_there_is_refused},
    {"routing: a_processor_beyond_8_bits_is_refused", a_processor_beyond_8_bits_is_refused},
}};

}  // namespace

const std::span<const KernelTest> routing_tests = routing_list;

}  // namespace lintel
