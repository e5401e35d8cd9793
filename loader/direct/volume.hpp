// The boot volume in a direct boot: files that the runner gave to fw_cfg. `opt/lintel/index` lists their paths, one
// on a line; the one on line N (from 0) is the fw_cfg file `opt/lintel/N`.
// Invariant: paths are compared whole, so there are no directories to walk and nothing to run out of.
#pragma once

#include <string_view>

#include "loader/core/firmware.hpp"
#include "loader/core/volume.hpp"
#include "loader/direct/fw_cfg.hpp"

namespace lintel::loader::direct {

class FwCfgVolume final : public Volume {
public:
    /// Reads the index into memory of `firmware`'s.
    static Result<FwCfgVolume> open(FirmwareConfiguration& files, Firmware& firmware);

    Result<OpenFile> open(std::string_view path, NameRule rule) override;
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] VolumeIdentity identity() const override { return {}; }

private:
    FwCfgVolume(FirmwareConfiguration& files, std::string_view index) : files_(&files), index_(index) {}
    FirmwareConfiguration* files_;
    std::string_view index_;
};

/// That volume is the only one of a direct boot.
class FwCfgVolumes final : public Volumes {
public:
    explicit FwCfgVolumes(FwCfgVolume& volume) : volume_(&volume) {}
    Result<Volume*> find(const Path& path) override;
    std::size_t candidate_count() override { return 1; }
    Result<Volume*> candidate(std::size_t /*index*/) override { return volume_; }
    void settle_on(std::size_t /*candidate*/) override {}

private:
    FwCfgVolume* volume_;
};

}  // namespace lintel::loader::direct
