// Does what its command line names. Everything that it says goes through the first serial port.
// Invariant: an unknown name is no defect: the kernel says so and halts.
#include <string_view>

#include "protocol/limine.hpp"
#include "tests/autopsy/defects.hpp"

namespace {

struct Defect {
    std::string_view name;
    void (*run)();
};

void recursion_on_guarded_stack() { on_guarded_stack(defects::recursion); }

constexpr Defect all[] = {
    {"null-pointer", defects::null_pointer},
    {"stack-overflow", recursion_on_guarded_stack},
    {"division", defects::divide},
    {"write-rodata", defects::write_rodata},
    {"call-data", defects::call_data},
    {"call-null", defects::call_null},
    {"call-garbage", defects::call_garbage},
    {"wild-pointer", defects::wild_pointer},
    {"non-canonical", defects::non_canonical_pointer},
    {"physical-pointer", defects::physical_pointer},
    {"hhdm-hole", defects::beyond_direct_map},
    {"trap", defects::trap},
    {"spin", defects::spin_forever},
    {"lock", defects::acquire_lock},
    {"wander", defects::wander},
    {"panic", defects::say_panic},
    {"panic-and-spin", defects::panic_and_spin},
    {"quiet-spin", defects::spin_without_a_word},
    {"quiet-crash", defects::crash_without_a_word},
    {"broken-log", defects::spin_with_a_broken_log},
    {"pass", defects::pass},
    {"fail", defects::fail},
    {"value", defects::end_with_value},
    {"reset", defects::reset},
    {"halt", defects::halt},
    {"sse", use_sse},
    {"sse-task-switched", use_sse_with_task_switched},
    {"software-interrupt", software_interrupt},
    {"return-to-garbage", return_to_garbage},
    {"bad-selector", load_bad_selector},
    {"empty-idt", empty_idt},
    {"storm", exception_storm},
    {"wait", wait_with_interrupts_on},
};

}  // namespace

extern "C" void kernel_main();

extern "C" void kernel_main() {
    std::string_view wanted;
    if (limine::base_revision<3>.supported())
        if (const auto* response = limine::request<limine::ExecutableCommandLine>.response())
            wanted = response->command_line;
    for (const Defect& defect : all)
        if (defect.name == wanted) defect.run();
    stop();
}
