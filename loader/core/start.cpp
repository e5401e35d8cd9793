#include "loader/core/start.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "arch/enter.hpp"
#include "arch/local_apic.hpp"
#include "arch/processors.hpp"
#include "base/error_text.hpp"
#include "base/list.hpp"
#include "base/physical_memory.hpp"
#include "base/printable.hpp"
#include "loader/core/acpi.hpp"
#include "loader/core/boot.hpp"
#include "loader/core/find_configuration.hpp"
#include "loader/core/measurement.hpp"
#include "loader/core/menu.hpp"
#include "loader/core/modules.hpp"
#include "loader/core/quiet.hpp"
#include "loader/core/security.hpp"
#include "loader/core/smbios.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t largest_configuration = 1 << 20;  // bytes
constexpr std::size_t most_modules = 128;

// Too large for a stack; used once.
constinit ConfigurationStorage storage{};
constinit std::array<Module, most_modules> module_storage{};
constinit EntryEditor editor{};

Result<std::string_view> read_text(Firmware& firmware, Volume& volume, const OpenFile& file) {
    if (file.size > largest_configuration)
        return fail(ErrorCode::malformed, "the configuration is larger than 1 MiB", {}, file.size);
    PhysAddr room = TRY(firmware.allocate(std::max<std::uint64_t>(file.size, 1), Contents::undefined));
    // Safety: the firmware just gave us these bytes.
    MutableBytes bytes(firmware.memory().pointer<std::byte>(room), file.size);
    TRY(volume.read(file, 0, bytes));
    return as_text(bytes);
}

/// An entry can be booted as far as that can be told without reading its files.
class PlanJudge final : public EntryJudge {
public:
    explicit PlanJudge(Volumes& volumes) : volumes_(volumes) {}

    Status judge(const Entry& entry) override {
        List<Module> modules(module_storage);
        TRY(plan_for(entry, volumes_, modules));
        return {};
    }

private:
    Volumes& volumes_;
};

/// The configuration that the machine supplies in its SMBIOS tables (CONFIG.md, "Config via SMBIOS").
std::optional<std::string_view> supplied_configuration(Firmware& firmware) {
    PhysicalMemory memory(firmware.memory(), firmware.reachable_end());
    SystemTables tables = firmware.tables();
    std::optional<SmbiosTables> smbios;
    if (tables.smbios_64) smbios = find_smbios_64(memory, *tables.smbios_64);
    if (!smbios && tables.smbios_32) smbios = find_smbios_32(memory, *tables.smbios_32);
    if (!smbios) return std::nullopt;
    return find_oem_string(*memory.bytes(smbios->structures.base, smbios->structures.length), "limine:config:");
}

/// It goes before all files, and `boot():/` is then the volume that the loader came from.
Result<std::string_view> find_text(Machine& machine) {
    if (auto supplied = supplied_configuration(machine.firmware)) return *supplied;
    auto found = TRY(find_configuration(machine.volumes, machine.application_folders));
    return read_text(machine.firmware, *found.volume, found.file);
}

const Entry& choose_entry(const Configuration& configuration, Machine& machine) {
    bool remembers = configuration.remember_last_entry;
    Menu menu(configuration,
              remembers ? find_entry(configuration.entries, machine.firmware.remembered_entry()) : std::nullopt);
    const Entry* chosen = &menu.selected();
    if (!menu.boots_at_once()) {
        machine.console.use(machine.firmware.displays(configuration.appearance.resolution), machine.firmware.memory());
        PlanJudge judge(machine.volumes);
        chosen = &machine.console.choose(menu, {editor, configuration, machine.platform, judge});
    }
    std::array<char, longest_entry_path> room;
    List<char> path(room);
    auto index = static_cast<std::size_t>(&menu.selected() - configuration.entries.data());
    if (remembers && write_entry_path(configuration.entries, index, path))
        machine.firmware.remember_entry({path.view().data(), path.size()});
    return *chosen;
}

class ConsoleWarnings final : public Warnings {
public:
    explicit ConsoleWarnings(Console& console) : console_(console) {}

    void warn(const Error& error) override {
        print(console_, "lintel loader: warning: ");
        print_error(console_, error);
        print(console_, "\n");
    }

private:
    Console& console_;
};
// The two structures are one, seen from both sides.
static_assert(sizeof(arch::ParkingPlace) == sizeof(limine::Processor) &&
              offsetof(arch::ParkingPlace, apic_id) == offsetof(limine::Processor, lapic_id) &&
              offsetof(arch::ParkingPlace, stack_top) == offsetof(limine::Processor, reserved) &&
              offsetof(arch::ParkingPlace, entry) == offsetof(limine::Processor, goto_address));

void start_processors(Prepared& prepared) {
    auto list = prepared.processors.list();
    arch::start_processors({
        .passage = prepared.hand_over.passage,
        // Safety: asserted above.
        .places = {reinterpret_cast<arch::ParkingPlace*>(list.data()), list.size()},
        .stack_tops = prepared.processors.stack_tops(),
        .apic_mode = prepared.apic_mode,
        .quiet = [](const void* tables) { quiet_local_apic(*static_cast<const AcpiTables*>(tables), DirectMap()); },
        .context = &prepared.acpi,
    });
    prepared.processors.leave_out_missing();
}

/// What `verbose` asks for: what was read, and what comes of it.
void tell_more(Console& console, const Configuration& configuration, std::string_view text, const BootPlan& plan) {
    print(console, "lintel loader: the configuration has {} bytes, {} entries, {} macros\n", text.size(),
          configuration.entries.size(), configuration.macros.size());
    print(console, "lintel loader: command line \"{}\"\n", Printable(plan.command_line));
    for (const Module& module : plan.modules)
        print(console, "lintel loader: module {} \"{}\"\n", Printable(module.path), Printable(module.string));
    if (plan.resolution)
        print(console, "lintel loader: resolution {}x{}\n", plan.resolution->width, plan.resolution->height);
}

Status start_application(Machine& machine, const BootPlan& plan) {
    if (machine.applications == nullptr)
        return fail(ErrorCode::unsupported, "only UEFI starts applications", plan.path);
    FileLoader loader(machine.firmware, plan);
    LoadedFile file = TRY(loader.load({plan.volume, plan.path, plan.hash, plan.gzip}));
    if (plan.resolution) machine.firmware.displays(plan.resolution);
    return machine.applications->start(
        {.volume = plan.volume, .path = plan.path, .file = file.bytes, .command_line = plan.command_line});
}

Status boot(Machine& machine) {
    NativeProcessor processor;
    std::uint64_t started = processor.timestamp();
    auto text = TRY(find_text(machine));
    if (machine.enrolled && blake2b(as_bytes(text)) != *machine.enrolled)
        return fail(ErrorCode::malformed, "the configuration is not the one that is enrolled in the loader");
    auto configuration = TRY(parse_configuration(text, machine.platform, storage.room()));
    const Security security = security_of(machine.secure_boot, machine.enrolled.has_value());
    const bool can_measure = machine.firmware.can_measure();
    const bool measures_in_vain = configuration.measured_boot && !can_measure;
    tighten(configuration, security);
    machine.console.use_serial(configuration, machine.platform);
    if (measures_in_vain) print(machine.console, "lintel loader: measured_boot has no effect: there is no TPM 2.0\n");
    const bool measured = configuration.measured_boot && can_measure;
    if (measured) TRY(machine.firmware.measure({register_of_contents, as_bytes(text), "limine_cfg", {}}));
    for (std::string_view option : configuration.ignored)
        print(machine.console, "lintel loader: ignored, since this loader does not know it: {}\n",
              Printable(option, 64));

    const Entry& entry = choose_entry(configuration, machine);
    List<Module> modules(module_storage);
    BootPlan plan = TRY(plan_for(entry, machine.volumes, modules));
    if (!configuration.quiet)
        print(machine.console, "lintel loader: booting {} ({})\n", Printable(entry.title, 80), Printable(plan.path));
    if (configuration.verbose) tell_more(machine.console, configuration, text, plan);
    plan.started = started;
    plan.measured = measured;
    ConsoleWarnings warnings(machine.console);
    if (!configuration.hash_mismatch_panic) plan.mismatches = &warnings;
    // Under Secure Boot, the firmware judges applications itself.
    if (plan.protocol == BootProtocol::efi) return start_application(machine, plan);
    if (security == Security::strict) plan.unhashed = Unhashed::refuse;
    auto apic = arch::local_apic_facts(machine.firmware.memory());
    auto prepared = TRY(prepare(machine.firmware, processor, plan, apic));
    quiet_machine(prepared, machine.firmware.memory());
    if (apic.present) {
        arch::set_apic_mode(prepared.apic_mode);
        quiet_local_apic(prepared.acpi, machine.firmware.memory());
    }
    if (prepared.processors.any_to_start()) start_processors(prepared);
    arch::enter(prepared.hand_over);
}

}  // namespace

Status start(Machine machine) {
    Status status = boot(machine);
    machine.console.use(machine.firmware.displays(std::nullopt), machine.firmware.memory());
    return status;
}

}  // namespace lintel::loader
