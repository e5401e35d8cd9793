// QEMU's firmware configuration device (QEMU, docs/specs/fw_cfg.rst), through its DMA interface: files that the host
// hands to the machine by name.
// Invariant: every transfer is bounded by the size that the device's directory gave for the file.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace lintel::loader::direct {

class FirmwareConfiguration {
public:
    struct File {
        std::uint16_t selector;
        std::uint32_t size;  // bytes
    };

    /// Fails where the machine has no such device or no DMA.
    static Result<FirmwareConfiguration> open();

    /// The file of that name; fails with not_found.
    Result<File> find(std::string_view name);

    /// Fills `into` from byte `offset` of the file on. The file has that many bytes. `into` lies in memory that is
    /// identity-mapped.
    Status read(const File& file, std::uint32_t offset, MutableBytes into);

private:
    explicit FirmwareConfiguration(std::uint32_t file_count) : file_count_(file_count) {}
    std::uint32_t file_count_;
};

}  // namespace lintel::loader::direct
