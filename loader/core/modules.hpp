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
    MutableBytes bytes;
    VolumeIdentity source;
    limine::File description{};  // as the executable sees it: what describe() fills in
};

/// Describes a file whose path is `path`, with `string` as what the protocol calls its string.
Status describe(LoadedFile& file, Arena& arena, std::string_view path, std::string_view string);

/// A file to load, as a Module or a BootPlan describes it.
struct WantedFile {
    Volume* volume;
    std::string_view path;
    std::string_view hash;
    bool gzip;
};

class FileLoader {
public:
    /// Hashes are judged as the plan wants it.
    FileLoader(Firmware& firmware, const BootPlan& plan)
        : firmware_(&firmware), mismatches_(plan.mismatches), unhashed_(plan.unhashed) {}

    /// The file that `wanted` names, decompressed if that is wished, and not described yet. With a hash, the file must
    /// have it.
    Result<LoadedFile> load(const WantedFile& wanted);

    /// The modules that the executable asks for, followed by those of the plan, all described. Where the former do not
    /// have to be there, those that are missing are left out.
    Result<std::span<LoadedFile>> load_modules(const BootPlan& plan, const Requests& requests,
                                               const Executable& executable, Bytes image, Arena& arena);

private:
    struct Room {
        Range memory;
        MutableBytes bytes;
    };
    Result<Room> room_for(std::uint64_t size);
    Result<Room> read(const WantedFile& wanted);
    Status verify(const WantedFile& wanted, Bytes stored);

    Firmware* firmware_;
    Warnings* mismatches_;
    Unhashed unhashed_;
};

/// `relative`, taken from the folder of the file at `path`, without "." and ".." and doubled slashes. Fails where it
/// leaves the volume or does not fit `storage`.
Result<std::string_view> path_beside(std::string_view path, std::string_view relative, std::span<char> storage);

}  // namespace lintel::loader
