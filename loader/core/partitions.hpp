// The partitions of a drive, by its GPT (UEFI 2.10, 5.3) or its MBR (5.2), numbered as CONFIG.md, "Paths" says.
// Invariant: every partition that is given out has bytes, and all of them lie on the drive; every walk ends, since a
// chain of extended partitions has to go forwards.
#pragma once

#include <cstdint>
#include <optional>

#include "base/list.hpp"
#include "base/result.hpp"
#include "loader/core/device.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

struct Partition {
    std::uint32_t index = 0;   // from 1
    std::uint64_t offset = 0;  // bytes from the drive's start
    std::uint64_t size = 0;    // bytes
    limine::Uuid uuid{};       // by the GPT; zero where there is none
};

/// What is known of a drive beside its partitions.
struct DiskIdentity {
    std::uint32_t mbr_id = 0;
    limine::Uuid gpt{};
};

struct PartitionTable {
    DiskIdentity disk{};
    List<Partition> partitions{};    // in the order of their numbers; empty where the drive has none
    std::optional<Error> trouble{};  // why there may be more of them
};

/// Reads the table of `drive`, the partitions into `room`.
PartitionTable read_partitions(const Drive& drive, ReadAhead& ahead, std::span<Partition> room);

}  // namespace lintel::loader
