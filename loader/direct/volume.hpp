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

}  // namespace lintel::loader::direct
