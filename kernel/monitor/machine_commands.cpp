// What the monitor tells of the machine's firmware, and how it ends the machine.
#include "base/error_text.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/acpi/power.hpp"
#include "kernel/monitor/commands.hpp"

namespace lintel {

Status show_acpi(Terminal& terminal, std::string_view) {
    const auto tables = acpi_tables().all();
    if (tables.empty()) return fail(ErrorCode::not_found, "this machine has no ACPI tables");
    print(terminal, "table  revision    bytes  made by  at\n");
    for (const acpi::Table& one : tables) {
        print(terminal, "{:<5}  {:8} {:8}  {:<7}  {}", Printable(one.signature()), one.revision(), one.bytes.size(),
              Printable(one.maker()), one.address);
        if (one.refusal) {
            terminal.write(", refused: ");
            print_error(terminal, *one.refusal);
        }
        terminal.write("\n");
    }
    return {};
}

Status switch_off(Terminal&, std::string_view) { return poweroff(); }

Status start_anew(Terminal&, std::string_view) { reboot(); }

}  // namespace lintel
