// The volumes of a machine that has drives: found by CONFIG.md's paths, and opened when they are asked for.
// Invariant: a volume that was given out by find(), or that the search for the configuration settled on, stays open.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "loader/core/device.hpp"
#include "loader/core/fat.hpp"
#include "loader/core/iso9660.hpp"
#include "loader/core/partitions.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

/// Where the loader's own file lies.
struct Origin {
    std::size_t drive = 0;
    std::uint64_t offset = 0;  // of the volume on the drive, in bytes
    std::uint64_t size = 0;    // bytes
};

class DriveVolumes final : public Volumes {
    struct OpenVolume;

public:
    /// What it works in: apart, so that it costs an executable file nothing.
    struct Room;

    /// `origin` is nothing where it is not known; then the configuration is looked for on all drives.
    DriveVolumes(Room& room, std::span<const Drive> drives, const std::optional<Origin>& origin);

    Result<Volume*> find(const Path& path) override;

    /// CONFIG.md, "Location of the config file": the volume that the loader was started from, its drive as a whole, and
    /// the drive's partitions.
    std::size_t candidate_count() override;
    Result<Volume*> candidate(std::size_t index) override;
    void settle_on(std::size_t candidate) override;

    /// Where `volume`, which find() gave, lies.
    [[nodiscard]] const DeviceRegion& region_of(const Volume& volume) const;

private:
    /// A place where a file system can be: a partition, or, as number 0, a whole drive.
    struct Place {
        std::size_t drive = 0;
        Partition partition{};
    };

    const PartitionTable& table_of(std::size_t drive);
    [[nodiscard]] Place whole(std::size_t drive) const;
    Place origin_place();
    std::size_t places_on(std::size_t drive);
    Result<Place> place_on(std::size_t drive, std::size_t index);
    Result<Place> partition_of(std::size_t drive, std::uint32_t index);
    Result<Place> place_of_candidate(std::size_t index);
    Result<OpenVolume*> open(const Place& place);
    Status mount(OpenVolume& into, const DeviceRegion& region, const VolumeIdentity& identity);
    Result<Volume*> keep(const Result<Place>& found);
    Result<Volume*> find_on_boot_drive(const Path& path);
    Result<Place> find_on_drive(const Path& path);
    Result<Place> find_by_uuid(const Path& path);
    Result<Volume*> find_by_label(const Path& path);

    Room* room_;
    ReadAhead ahead_;
    std::span<const Drive> drives_;
    std::optional<Origin> origin_;
    std::optional<Place> home_{};  // what boot():/ is
    PartitionTable table_{};       // the one that was read last
    std::optional<std::size_t> table_drive_{};
};

struct DriveVolumes::OpenVolume {
    std::variant<std::monostate, Iso9660, Fat> system{};
    std::optional<DeviceRegion> region{};
    bool in_use = false;

    [[nodiscard]] Volume* volume();
};

struct DriveVolumes::Room {
    std::array<std::byte, 64 << 10> ahead{};  // most discs have all of their directories in one read of this size
    std::array<Partition, 256> partitions{};
    std::array<OpenVolume, 16> open{};
};

}  // namespace lintel::loader
