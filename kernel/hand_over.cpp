#include "kernel/hand_over.hpp"

#include <array>

#include "base/address.hpp"
#include "kernel/hlt_loop.hpp"
#include "kernel/log.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

constexpr auto& base_revision = limine::base_revision<limine::latest_base_revision>;

using StackSize = limine::StackSize<loader_stack_bytes>;

/// A number of bytes, in KiB where that loses nothing.
struct Size {
    explicit Size(std::uint64_t bytes)
        : number(bytes % 1024 == 0 ? bytes / 1024 : bytes), unit(bytes % 1024 == 0 ? "KiB" : "bytes") {}
    std::uint64_t number;
    std::string_view unit;
};

void log_loader() {
    if (const auto* loader = limine::request<limine::BootloaderInfo>.response())
        log("loader: {} {}", loader->name, loader->version);
    log("base revision: {}", base_revision.requested);
    if (const auto* firmware = limine::request<limine::FirmwareType>.response())
        log("firmware: {}", limine::name_of(firmware->type));
    if (const auto* date = limine::request<limine::DateAtBoot>.response())
        log("date at boot: {} s since 1970", date->timestamp);
    if (const auto* hhdm = limine::request<limine::Hhdm>.response()) log("HHDM offset: {}", VirtAddr(hhdm->offset));
}

void log_memory_map() {
    const auto* response = limine::request<limine::MemoryMap>.response();
    if (response == nullptr) return;
    constexpr std::size_t types = 9;
    std::array<std::uint64_t, types> totals{};
    log("memory map: {} entries", response->entry_count);
    for (const limine::MemoryMapEntry* entry : response->view()) {
        const PhysAddr base(entry->base);
        const Size size(entry->length);
        log("memory: {}-{} {} {} {}", base, base + entry->length, size.number, size.unit, limine::name_of(entry->type));
        const auto type = static_cast<std::size_t>(entry->type);
        if (type < types) totals[type] += entry->length;
    }
    for (std::size_t type = 0; type < types; ++type) {
        const Size size(totals[type]);
        if (size.number != 0)
            log("memory total: {} {} {}", size.number, size.unit,
                limine::name_of(static_cast<limine::MemoryType>(type)));
    }
}

void log_framebuffers() {
    const auto* response = limine::request<limine::Framebuffers>.response();
    if (response == nullptr) return;
    for (const limine::Framebuffer* screen : response->view())
        log("framebuffer: {}x{}x{} pitch {} red {}@{} green {}@{} blue {}@{} at {}", screen->width, screen->height,
            screen->bpp, screen->pitch, screen->red_mask_size, screen->red_mask_shift, screen->green_mask_size,
            screen->green_mask_shift, screen->blue_mask_size, screen->blue_mask_shift, screen->address);
}

void log_executable() {
    log("command line: \"{}\"", command_line());
    if (const auto* address = limine::request<limine::ExecutableAddress>.response())
        log("executable: physical {} virtual {}", PhysAddr(address->physical_base), VirtAddr(address->virtual_base));
    if (const auto* response = limine::request<limine::ExecutableFile>.response())
        log("executable file: {}, {} bytes", response->executable_file->path, response->executable_file->size);
    if (const auto* response = limine::request<limine::Modules>.response())
        for (const limine::File* module : response->view())
            log("module: {}, {} bytes, \"{}\"", module->path, module->size, module->string);
    if (const auto* rsdp = limine::request<limine::Rsdp>.response()) log("RSDP: {}", rsdp->address);
    if (limine::request<StackSize>.response() != nullptr)
        log("stack: {} bytes granted", StackSize::Parameters{}.stack_size);
    else
        log("stack: {} bytes asked for, not granted", StackSize::Parameters{}.stack_size);
}

}  // namespace

void require_base_revision() {
    if (base_revision.supported()) return;
    const auto loaded = base_revision.loaded();
    if (loaded)
        log("asked for base revision {}, got {}", base_revision.requested, *loaded);
    else
        // Since base revision 3 a loader must say which one it used ("Base Revisions").
        log("asked for base revision {}, got one below 3", base_revision.requested);
    log("halted");
    hlt_loop();  // the other processors stay parked: where, is in a response, which cannot be read
}

void log_hand_over() {
    log_loader();
    log_memory_map();
    log_framebuffers();
    log_executable();
}

std::string_view command_line() {
    if (const auto* response = limine::request<limine::ExecutableCommandLine>.response()) return response->command_line;
    // Loaders older than that request have it with the file.
    if (const auto* response = limine::request<limine::ExecutableFile>.response())
        return response->executable_file->string;
    return {};
}

Bytes executable_file() {
    const auto* response = limine::request<limine::ExecutableFile>.response();
    if (response == nullptr) return {};
    // Safety: the loader describes memory that holds the file ("Executable File Feature").
    return {static_cast<const std::byte*>(response->executable_file->address), response->executable_file->size};
}

}  // namespace lintel
