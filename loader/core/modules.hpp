// The files that go to the executable whole: its own, and modules, from the configuration or asked for by itself
// (PROTOCOL.md, "Module Feature", "File Structure").
// Invariant: a file that was read has all its pages to itself.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/arena.hpp"
#include "loader/core/boot.hpp"
#include "loader/core/executable.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/requests.hpp"
#include "loader/core/volume.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// A file in memory, and where it came from.
struct LoadedFile {
    Range memory;  // whole pages
    Bytes bytes;
    limine::File description;  // as the executable sees it
};

class FileLoader {
public:
    /// `mismatches` as in BootPlan.
    FileLoader(Firmware& firmware, Arena& arena, Warnings* mismatches)
        : firmware_(&firmware), arena_(&arena), mismatches_(mismatches) {}

    /// The file at `path` of `volume`, with `string` as what the protocol calls its string. With a hash, the file must
    /// have it.
    Result<LoadedFile> load(Volume& volume, std::string_view path, std::string_view string, std::string_view hash);

    /// The modules that the executable asks for, followed by those of the plan. Where the former do not have to be
    /// there, those that are missing are left out.
    Result<std::span<LoadedFile>> load_modules(const BootPlan& plan, const Requests& requests,
                                               const Executable& executable, Bytes image);

private:
    Status verify(std::string_view path, Bytes bytes, std::string_view hash);

    Firmware* firmware_;
    Arena* arena_;
    Warnings* mismatches_;
};

/// `relative`, taken from the folder of the file at `path`, without "." and ".." and doubled slashes. Fails where it
/// leaves the volume or does not fit `storage`.
Result<std::string_view> path_beside(std::string_view path, std::string_view relative, std::span<char> storage);

}  // namespace lintel::loader
