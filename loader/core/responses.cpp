// One function for each answer that is more than a structure.
// Invariant: a local pointer becomes the executable's through Arena::shared(), and nowhere else.
#include "loader/core/responses.hpp"

#include "loader/core/paging_mode.hpp"

namespace lintel::loader {
namespace {

class Answers {
public:
    Answers(const Requests& requests, Arena& arena) : requests_(requests), arena_(arena) {}

    template <class Response>
    Status give(limine::FeatureId feature, const Response& response) {
        if (requests_.asks_for(feature)) requests_.answer(feature, arena_.shared_address(TRY(arena_.make(response))));
        return {};
    }

    Result<const char*> string(std::string_view text) { return arena_.shared(TRY(arena_.string(text))); }

    /// An array of pointers to the elements of `objects`, which lie in the arena.
    template <class T>
    Result<const T* const*> pointers_to(std::span<T> objects) {
        auto pointers = TRY(arena_.array<const T*>(objects.size()));
        for (std::size_t i = 0; i < objects.size(); ++i) pointers[i] = arena_.shared(&objects[i]);
        return arena_.shared(pointers.data());
    }

    Status loader();
    Status files(const BootFacts& facts);
    Status framebuffers(std::span<const Display> displays);
    Status tables(const SystemTables& tables);
    Status tpm_log(limine::TpmEventLogFormat format, Bytes events);

private:
    Result<limine::Framebuffer> framebuffer(const Display& display);

    /// A firmware table's address as a pointer for the executable.
    [[nodiscard]] const void* table_pointer(PhysAddr table, bool physical) const {
        return (physical ? DirectMap() : arena_.shared_map()).pointer<const void>(table);
    }

    const Requests& requests_;
    Arena& arena_;
};

Status Answers::loader() {
    if (!requests_.asks_for(limine::BootloaderInfo::id)) return {};
    return give(limine::BootloaderInfo::id,
                limine::BootloaderInfoResponse{
                    .revision = 0, .name = TRY(string("Lintel")), .version = TRY(string(LINTEL_VERSION))});
}

Status Answers::files(const BootFacts& facts) {
    auto* executable = TRY(arena_.make(facts.executable_file));
    TRY(give(limine::ExecutableFile::id,
             limine::ExecutableFileResponse{.revision = 0, .executable_file = arena_.shared(executable)}));
    TRY(give(limine::ExecutableCommandLine::id,
             limine::ExecutableCommandLineResponse{.revision = 0, .command_line = facts.executable_file.string}));
    if (facts.modules.empty()) return {};
    auto modules = TRY(arena_.array<limine::File>(facts.modules.size()));
    for (std::size_t i = 0; i < modules.size(); ++i) modules[i] = facts.modules[i].description;
    // Revision 1: internal modules are honoured; 2: compressed ones, too.
    return give(
        limine::Modules::id,
        limine::ModuleResponse{.revision = 2, .module_count = modules.size(), .modules = TRY(pointers_to(modules))});
}

Result<limine::Framebuffer> Answers::framebuffer(const Display& display) {
    auto edid = TRY(arena_.copy(display.edid));
    auto modes = TRY(arena_.copy(display.modes));
    return limine::Framebuffer{
        .address = arena_.shared_map().pointer<void>(display.address),
        .width = display.mode.width,
        .height = display.mode.height,
        .pitch = display.mode.pitch,
        .bpp = display.mode.bpp,
        .memory_model = display.mode.memory_model,
        .red_mask_size = display.mode.red_mask_size,
        .red_mask_shift = display.mode.red_mask_shift,
        .green_mask_size = display.mode.green_mask_size,
        .green_mask_shift = display.mode.green_mask_shift,
        .blue_mask_size = display.mode.blue_mask_size,
        .blue_mask_shift = display.mode.blue_mask_shift,
        .unused = {},
        .edid_size = edid.size(),
        .edid = edid.empty() ? nullptr : arena_.shared(edid.data()),
        .mode_count = modes.size(),
        .modes = TRY(pointers_to(modes)),
    };
}

Status Answers::framebuffers(std::span<const Display> displays) {
    if (displays.empty()) return {};
    auto framebuffers = TRY(arena_.array<limine::Framebuffer>(displays.size()));
    for (std::size_t i = 0; i < displays.size(); ++i) framebuffers[i] = TRY(framebuffer(displays[i]));
    // Revision 1: the framebuffers tell their modes.
    return give(limine::Framebuffers::id, limine::FramebufferResponse{.revision = 1,
                                                                      .framebuffer_count = framebuffers.size(),
                                                                      .framebuffers = TRY(pointers_to(framebuffers))});
}

/// Which of these addresses are physical: "Base Revision 3" to "Base Revision 5".
Status Answers::tables(const SystemTables& tables) {
    bool rsdp_is_physical = requests_.base_revision() == 3;
    bool others_are_physical = rsdp_is_physical || requests_.base_revision() == 4;
    auto pointer = [&](std::optional<PhysAddr> table) -> const void* {
        return table ? table_pointer(*table, others_are_physical) : nullptr;
    };
    if (tables.rsdp)
        TRY(give(limine::Rsdp::id,
                 limine::RsdpResponse{.revision = 0, .address = table_pointer(*tables.rsdp, rsdp_is_physical)}));
    if (tables.smbios_32 || tables.smbios_64)
        TRY(give(limine::Smbios::id,
                 limine::SmbiosResponse{
                     .revision = 0, .entry_32 = pointer(tables.smbios_32), .entry_64 = pointer(tables.smbios_64)}));
    if (tables.efi_system_table)
        TRY(give(limine::EfiSystemTable::id,
                 limine::EfiSystemTableResponse{.revision = 0, .address = pointer(tables.efi_system_table)}));
    return {};
}

/// A copy, since the firmware keeps its own log where it likes.
Status Answers::tpm_log(limine::TpmEventLogFormat format, Bytes events) {
    if (!requests_.asks_for(limine::TpmEventLog::id)) return {};
    auto copy = TRY(arena_.copy(events));
    return give(limine::TpmEventLog::id,
                limine::TpmEventLogResponse{.revision = 0,
                                            .format = format,
                                            .size = copy.size(),
                                            .address = copy.empty() ? nullptr : arena_.shared(copy.data())});
}

}  // namespace

Status answer_requests(const Requests& requests, Arena& arena, const BootFacts& facts) {
    Answers answers(requests, arena);
    TRY(answers.loader());
    TRY(answers.give(limine::FirmwareType::id, limine::FirmwareTypeResponse{.revision = 0, .type = facts.firmware}));
    TRY(answers.give(stack_size_id, limine::StackSizeResponse{.revision = 0}));
    TRY(answers.give(limine::Hhdm::id, limine::HhdmResponse{.revision = 0, .offset = arena.shared_map().offset()}));
    TRY(answers.give(paging_mode_id, limine::PagingModeResponse{.revision = 0, .mode = protocol_mode(facts.paging)}));
    TRY(answers.give(entry_point_id, limine::EntryPointResponse{.revision = 0}));
    TRY(answers.give(limine::KeepIommu::id, limine::KeepIommuResponse{.revision = 0}));
    TRY(answers.give(limine::ExecutableAddress::id,
                     limine::ExecutableAddressResponse{.revision = 0,
                                                       .physical_base = facts.executable_physical.value(),
                                                       .virtual_base = facts.executable_virtual.value()}));
    if (facts.date)
        TRY(answers.give(limine::DateAtBoot::id, limine::DateAtBootResponse{.revision = 0, .timestamp = *facts.date}));
    TRY(answers.files(facts));
    TRY(answers.framebuffers(facts.displays));
    if (facts.tpm_events) TRY(answers.tpm_log(facts.tables.tpm_log->format, *facts.tpm_events));
    return answers.tables(facts.tables);
}

Result<MemoryMapResponses> MemoryMapResponses::create(Arena& arena, std::size_t capacity) {
    MemoryMapResponses responses;
    responses.entries_ = List(TRY(arena.array<limine::MemoryMapEntry>(capacity)));
    responses.pointers_ = TRY(arena.array<const limine::MemoryMapEntry*>(capacity));
    responses.response_ = TRY(arena.make(limine::MemoryMapResponse{}));
    responses.efi_response_ = TRY(arena.make(limine::EfiMemoryMapResponse{}));
    return responses;
}

void MemoryMapResponses::answer(const Requests& requests, const Arena& arena, const EfiMap& efi) {
    for (std::size_t i = 0; i < entries_.size(); ++i) pointers_[i] = arena.shared(&entries_[i]);
    *response_ = {.revision = 0, .entry_count = entries_.size(), .entries = arena.shared(pointers_.data())};
    requests.answer(limine::MemoryMap::id, arena.shared_address(response_));
    if (efi.descriptors.empty()) return;
    *efi_response_ = {.revision = 0,
                      .memory_map = arena.shared(efi.descriptors.data()),
                      .memory_map_size = efi.descriptors.size(),
                      .descriptor_size = efi.descriptor_size,
                      .descriptor_version = efi.descriptor_version};
    requests.answer(limine::EfiMemoryMap::id, arena.shared_address(efi_response_));
}

}  // namespace lintel::loader
