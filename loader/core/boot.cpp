// The steps from a path to a machine that can be handed over.
// Invariant: all memory is taken before the firmware is finished, and what depends on the final memory map comes after.
#include "loader/core/boot.hpp"

#include <algorithm>
#include <optional>

#include "base/checked.hpp"
#include "loader/core/acpi.hpp"
#include "loader/core/arena.hpp"
#include "loader/core/executable.hpp"
#include "loader/core/measurement.hpp"
#include "loader/core/memory_map.hpp"
#include "loader/core/modules.hpp"
#include "loader/core/page_plan.hpp"
#include "loader/core/processor_responses.hpp"
#include "loader/core/random.hpp"
#include "loader/core/relocation.hpp"
#include "loader/core/requests.hpp"
#include "loader/core/responses.hpp"
#include "loader/core/smbios.hpp"
#include "loader/core/tpm_log.hpp"

namespace lintel::loader {
namespace {

using enum ErrorCode;

/// "Machine State at Entry": the least that a stack has, and the most that we take a request for one seriously.
constexpr std::uint64_t smallest_stack = 64 << 10;  // bytes
constexpr std::uint64_t largest_stack = 1 << 30;

/// Each allocation that follows the question for the number of regions can split one of them in three.
constexpr std::size_t regions_to_come = 32;

/// Adds whose fault it is to an error that does not say.
template <class T>
Result<T> about(std::string_view subject, Result<T> result) {
    if (!result && result.error().subject.empty()) result.error().subject = subject;
    return result;
}

DirectMap choose_direct_map(const BootPlan& plan, arch::Levels levels, Random& random) {
    std::uint64_t above = plan.randomise_hhdm ? random.below(hhdm_offsets) : 0;
    return DirectMap(hhdm_offset_for(levels) + above * huge_page_size);
}

/// An executable's image in memory: whole pages.
struct Image {
    PhysAddr place;
    MutableBytes bytes;
};

Result<Image> place_image(Firmware& firmware, const Executable& executable, Bytes file) {
    PhysAddr place = TRY(firmware.allocate(executable.image_size()));
    // Safety: the firmware just gave us these bytes.
    MutableBytes bytes(firmware.memory().pointer<std::byte>(place), executable.image_size());
    executable.load(file, bytes);
    TRY(relocate(executable, bytes));
    return Image{place, bytes};
}

Result<VirtAddr> choose_entry(const Requests& requests, const Executable& executable) {
    if (!requests.asks_for(entry_point_id)) return executable.entry();
    auto wanted = TRY(requests.parameters<limine::EntryPointParameters>(entry_point_id));
    if (!executable.is_code(VirtAddr(wanted.entry)))
        return fail_at(malformed, "the entry point that the executable requests lies outside its executable segments",
                       wanted.entry);
    return VirtAddr(wanted.entry);
}

Result<std::uint64_t> choose_stack_size(const Requests& requests) {
    std::uint64_t size = smallest_stack;
    if (requests.asks_for(stack_size_id))
        size = std::max(size, TRY(requests.parameters<limine::StackSizeParameters>(stack_size_id)).bytes);
    if (size > largest_stack) return fail(unsupported, "the executable asks for a stack of more than 1 GiB");
    return align_up(size, page_size);
}

/// Takes the pages of a passage: of the page tables that are used in between and, low like them then, those of code.
Result<arch::Passage> create_passage(Firmware& firmware, bool starts_processors, bool switches_levels) {
    arch::Passage passage{};
    if (!starts_processors && !switches_levels) {
        passage.scratch = TRY(firmware.allocate(page_size));
        return passage;
    }
    passage.scratch = TRY(firmware.allocate_low(3 * page_size));
    if (starts_processors) passage.trampoline = passage.scratch + page_size;
    if (switches_levels) passage.level_switch = passage.scratch + 2 * page_size;
    return passage;
}

/// "Machine State at Entry": before base revision 5, an I/O APIC's NMI and ExtINT entries are the firmware's.
arch::Silence choose_silence(std::uint64_t base_revision) {
    return base_revision >= 5 ? arch::Silence::fixed_nmi_and_extint : arch::Silence::fixed;
}

/// The firmware's tables, those that do not check out left away.
struct Tables {
    SystemTables system;
    AcpiTables acpi;
    std::optional<SmbiosTables> smbios_32{};
    std::optional<SmbiosTables> smbios_64{};
    std::optional<Bytes> tpm_events{};
};

Result<Tables> find_tables(Firmware& firmware) {
    PhysicalMemory memory(firmware.memory(), firmware.reachable_end());
    SystemTables system = firmware.tables();
    Tables tables{.system = system, .acpi = TRY(AcpiTables::find(memory, system.rsdp.value_or(PhysAddr())))};
    if (system.smbios_32) tables.smbios_32 = find_smbios_32(memory, *system.smbios_32);
    if (system.smbios_64) tables.smbios_64 = find_smbios_64(memory, *system.smbios_64);
    if (system.tpm_log) tables.tpm_events = find_events(memory, *system.tpm_log);
    if (tables.acpi.empty()) tables.system.rsdp.reset();
    if (!tables.smbios_32) tables.system.smbios_32.reset();
    if (!tables.smbios_64) tables.system.smbios_64.reset();
    return tables;
}

std::uint64_t framebuffer_size(const Display& display) { return display.mode.pitch * display.mode.height; }

/// What the loader itself adds to the memory map.
struct OwnClaims {
    Range image;
    Range file;
    std::span<const LoadedFile> modules;
    std::span<const Display> displays;
    const Tables& tables;

    [[nodiscard]] std::size_t count() const {
        constexpr std::size_t image_file_and_smbios = 6;
        return image_file_and_smbios + modules.size() + displays.size() + tables.acpi.ranges().size() +
               tables.system.efi_ranges.size();
    }

    /// "Base Revision 4" and "Base Revision 5" say which tables have to be found in the map.
    Status add_to(MemoryMap& map, std::uint64_t base_revision) const {
        TRY(map.claim(image, Claim::executable_and_modules));
        TRY(map.claim(file, Claim::executable_and_modules));
        for (const LoadedFile& module : modules) TRY(map.claim(module.memory, Claim::executable_and_modules));
        for (const Display& display : displays)
            TRY(map.claim({display.address, framebuffer_size(display)}, Claim::framebuffer));
        if (base_revision >= 4)
            for (const Range& range : tables.acpi.ranges()) TRY(map.claim(range, Claim::acpi_table));
        if (base_revision < 5) return {};
        for (const auto& smbios : {tables.smbios_32, tables.smbios_64}) {
            if (!smbios) continue;
            TRY(map.claim(smbios->entry_point, Claim::reserved_mapped));
            TRY(map.claim(smbios->structures, Claim::reserved_mapped));
        }
        for (const Range& range : tables.system.efi_ranges) TRY(map.claim(range, Claim::reserved_mapped));
        return {};
    }
};

/// What depends on the final memory map, and the memory for it, taken while there is a firmware to take it from.
struct FinalStep {
    List<MemoryRegion> regions;
    MemoryMap map;
    MemoryMapResponses responses;
    List<arch::Mapping> plan;
    arch::FramePool frames;
    arch::Levels levels;

    static Result<FinalStep> create(Firmware& firmware, Arena& arena, const Executable& executable,
                                    const OwnClaims& claims, std::uint64_t base_revision, arch::Levels levels) {
        std::size_t limit = firmware.region_limit() + regions_to_come;
        std::size_t edges = 2 * (limit + claims.count());
        MemoryMap map(TRY(arena.array<ClaimEdge>(edges)), direct_map_limit_for(levels));
        TRY(claims.add_to(map, base_revision));
        // Base revision 0 has reserved memory mapped, too.
        PhysAddr end = base_revision == 0 ? firmware.regions_end() : firmware.memory_end();
        auto bounds = plan_bounds(executable, base_revision, levels, edges, std::max(end, map.end()));
        return FinalStep{
            .regions = List(TRY(arena.array<MemoryRegion>(limit))),
            .map = map,
            .responses = TRY(MemoryMapResponses::create(arena, edges)),
            .plan = List(TRY(arena.array<arch::Mapping>(bounds.mappings))),
            .frames =
                arch::FramePool(TRY(firmware.allocate(bounds.tables * page_size, Contents::undefined)), bounds.tables),
            .levels = levels,
        };
    }

    /// From here on there is no firmware.
    Result<arch::PageTables> finish(Firmware& firmware, const Arena& arena, const Requests& requests,
                                    const Executable& executable, PhysAddr image, const arch::PagingFacts& paging) {
        EfiMap efi = TRY(firmware.finish(regions));
        std::uint64_t base_revision = requests.base_revision();
        for (const MemoryRegion& region : regions)
            TRY(map.claim(claimed_range(region, base_revision), claim_of(region.type, base_revision)));
        TRY(map.resolve(responses.entries()));
        responses.answer(requests, arena, efi);

        TRY(plan_image(executable, image, plan));
        TRY(plan_direct_map(arena.shared_map(), responses.entries().view(), base_revision, plan));
        TRY(plan_identity_map(responses.entries().view(), base_revision, plan));
        auto tables = TRY(arch::PageTables::create(frames, firmware.memory(), levels));
        for (arch::Mapping mapping : plan) {
            // What cannot be forbidden is not asked for ("Machine State at Entry": NX is enabled if it is available).
            if (!paging.no_execute) mapping.access = arch::with_execution(mapping.access);
            TRY(tables.map(mapping));
        }
        return tables;
    }
};

}  // namespace

Result<Prepared> prepare(Firmware& firmware, Processor& processor, const BootPlan& plan,
                         const arch::LocalApicFacts& apic) {
    Random random(processor, &firmware);
    FileLoader loader(firmware, plan);
    LoadedFile file = TRY(loader.load({plan.volume, plan.path, plan.hash, plan.gzip}));
    if (plan.measured) {
        TRY(measure_text(firmware, "cmdline: ", plan.command_line));
        TRY(measure_file(firmware, "path: ", plan.name, file.bytes));
    }
    Executable executable = TRY(about(plan.path, Executable::parse(file.bytes)));
    executable.move_by(TRY(about(plan.path, choose_slide(executable, plan.kaslr ? &random : nullptr))));
    Image image = TRY(about(plan.path, place_image(firmware, executable, file.bytes)));
    Requests requests = TRY(about(plan.path, Requests::scan(executable, image.bytes)));
    auto paging = processor.paging();
    auto levels = TRY(choose_paging_mode(requests, plan.paging, paging.most));
    Arena arena(firmware, choose_direct_map(plan, levels, random));
    TRY(describe(file, arena, plan.path, plan.command_line));
    VirtAddr entry = TRY(choose_entry(requests, executable));

    auto modules = TRY(loader.load_modules(plan, requests, executable, image.bytes, arena));
    // Among them the TPM's event log: nothing is measured from here on.
    Tables tables = TRY(find_tables(firmware));
    // Also for an executable that does not ask: what is not in the map, it could not use later.
    std::span<const Display> displays = firmware.displays(plan.resolution);
    std::optional<std::int64_t> date;
    if (requests.asks_for(limine::DateAtBoot::id)) date = firmware.now();
    TRY(answer_requests(requests, arena,
                        {.firmware = firmware.type(),
                         .executable_file = file.description,
                         .modules = modules,
                         .executable_virtual = executable.base(),
                         .executable_physical = image.place,
                         .paging = levels,
                         .displays = displays,
                         .tables = tables.system,
                         .tpm_events = tables.tpm_events,
                         .date = date}));

    auto responses = TRY(ProcessorResponses::create(requests, arena, processor, random, plan.started));

    std::uint64_t stack_size = TRY(choose_stack_size(requests));
    PhysAddr stack = TRY(firmware.allocate(stack_size));
    auto apic_mode = TRY(choose_apic_mode(requests, tables.acpi, apic));
    Processors processors;
    if (requests.asks_for(mp_id) && apic.present)
        processors = TRY(Processors::create(firmware, arena, tables.acpi, apic_mode, apic.id, stack_size));
    processors.answer(requests, arena);
    auto passage = TRY(create_passage(firmware, processors.any_to_start(), levels != paging.in_use));
    auto descriptors = TRY(arena.make(arch::entry_descriptors));
    OwnClaims claims{.image = {image.place, image.bytes.size()},
                     .file = file.memory,
                     .modules = modules,
                     .displays = displays,
                     .tables = tables};
    // Last of all that allocates: it asks how many memory regions there are.
    auto step = TRY(FinalStep::create(firmware, arena, executable, claims, requests.base_revision(), levels));
    auto page_tables = TRY(step.finish(firmware, arena, requests, executable, image.place, paging));
    passage.root = page_tables.root();
    passage.levels = page_tables.levels();
    passage.hhdm = arena.shared_map().offset();
    passage.descriptors = arena.shared_address(descriptors);
    arch::HandOver hand_over{
        .passage = passage, .entry = entry, .stack_top = arena.shared_map().virt(stack + stack_size)};
    responses.note_handover(processor);
    return Prepared{.hand_over = hand_over,
                    .acpi = tables.acpi,
                    .iommus = requests.asks_for(limine::KeepIommu::id) ? Iommus::keep : Iommus::disable,
                    .silence = choose_silence(requests.base_revision()),
                    .apic_mode = apic_mode,
                    .processors = processors};
}

}  // namespace lintel::loader
