// A machine without firmware services, as the core sees it: memory from the PVH start info, tables where the BIOS
// area has them, the standard display adapter.
// Invariant: memory is given out from the top of the largest usable stretch below 4 GiB downwards, and once from that
// below 1 MiB; nothing else of the machine's memory is written.
#pragma once

#include <array>
#include <optional>

#include "loader/core/firmware.hpp"
#include "loader/direct/start_info.hpp"

namespace lintel::loader::direct {

/// As much of physical memory as entry.S maps.
inline constexpr std::uint64_t reachable_memory = std::uint64_t{4} << 30;

class DirectFirmware final : public Firmware {
public:
    /// `image` is where this loader itself lies. Fails where there is no memory beside it.
    static Result<DirectFirmware> create(const StartInfo& info, Range image);

    [[nodiscard]] limine::Firmware type() const override { return limine::Firmware::x86_bios; }
    [[nodiscard]] DirectMap memory() const override { return DirectMap(); }
    PhysAddr reachable_end() override { return PhysAddr(reachable_memory); }
    using Firmware::allocate;
    Result<PhysAddr> allocate(std::uint64_t bytes, Contents contents) override;
    Result<PhysAddr> allocate_low(std::uint64_t bytes) override;
    std::span<const Display> displays(std::optional<Resolution> wanted) override;
    SystemTables tables() override;
    std::optional<std::int64_t> now() override;
    PhysAddr memory_end() override;
    PhysAddr regions_end() override;
    std::size_t region_limit() override { return info_.map.size() + 3; }
    Result<EfiMap> finish(List<MemoryRegion>& regions) override;

private:
    DirectFirmware(const StartInfo& info, Range image, Range heap)
        : info_(info), image_(image), heap_(heap), next_(heap.base + heap.length) {}

    StartInfo info_;
    Range image_;
    Range heap_;
    PhysAddr next_;  // all of the heap from here on is given out
    Range low_{};    // what allocate_low() gave out
    std::optional<Display> display_{};
};

}  // namespace lintel::loader::direct
