// Answers an executable's requests (PROTOCOL.md, "Feature List").
// Invariant: responses and all that they point to lie in the arena, every pointer is one of the direct map's unless
// the base revision says otherwise, and a request whose subject does not exist is left untouched.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/arena.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/modules.hpp"
#include "loader/core/requests.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// What there is to tell before the firmware is finished.
struct BootFacts {
    limine::Firmware firmware;
    limine::File executable_file;
    std::span<const LoadedFile> modules;
    VirtAddr executable_virtual;
    PhysAddr executable_physical;
    arch::Levels paging;
    std::span<const Display> displays;
    SystemTables tables;
    std::optional<Bytes> tpm_events;  // of the log in `tables`
    std::optional<std::int64_t> date;
};

/// Answers everything but the two memory maps.
Status answer_requests(const Requests& requests, Arena& arena, const BootFacts& facts);

/// The memory maps' responses: room for them is taken while there is a firmware, they are filled in afterwards.
class MemoryMapResponses {
public:
    /// Makes room for `capacity` entries.
    static Result<MemoryMapResponses> create(Arena& arena, std::size_t capacity);

    /// Where the entries go.
    [[nodiscard]] List<limine::MemoryMapEntry>& entries() { return entries_; }

    /// Answers with what is in entries(), and with the firmware's own map where it has one.
    void answer(const Requests& requests, const Arena& arena, const EfiMap& efi);

private:
    List<limine::MemoryMapEntry> entries_;
    std::span<const limine::MemoryMapEntry*> pointers_;
    limine::MemoryMapResponse* response_ = nullptr;
    limine::EfiMemoryMapResponse* efi_response_ = nullptr;
};

}  // namespace lintel::loader
