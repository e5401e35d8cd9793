// UEFI as the core sees it: memory, screens, tables, the clock, and the end of boot services.
#pragma once

#include <array>

#include "loader/core/entry.hpp"
#include "loader/core/firmware.hpp"
#include "loader/uefi/graphics.hpp"
#include "loader/uefi/tpm.hpp"
#include "loader/uefi/uefi.hpp"

namespace lintel::loader::uefi {

class UefiFirmware final : public Firmware {
public:
    UefiFirmware(EFI_HANDLE image, EFI_SYSTEM_TABLE& table)
        : image_(image), table_(&table), services_(table.BootServices), graphics_(*table.BootServices) {}

    /// Whether it starts nothing that is not signed: in setup mode, nothing is checked yet (UEFI 2.10, 32.3).
    [[nodiscard]] bool secure_boot() const;

    [[nodiscard]] limine::Firmware type() const override { return limine::Firmware::efi64; }
    [[nodiscard]] DirectMap memory() const override { return DirectMap(); }
    using Firmware::allocate;
    Result<PhysAddr> allocate(std::uint64_t bytes, Contents contents) override;
    Result<PhysAddr> allocate_low(std::uint64_t bytes) override;
    std::span<const Display> displays(std::optional<Resolution> wanted) override;
    SystemTables tables() override;
    std::optional<std::int64_t> now() override;
    std::optional<std::uint64_t> random() override;
    bool can_measure() override { return has_tpm(*services_); }
    Status measure(const Measurement& measurement) override { return uefi::measure(*services_, measurement); }
    PhysAddr reachable_end() override;
    PhysAddr memory_end() override;
    PhysAddr regions_end() override;
    std::size_t region_limit() override;
    std::string_view remembered_entry() override;
    void remember_entry(std::string_view path) override;
    Result<EfiMap> finish(List<MemoryRegion>& regions) override;

private:
    /// Reserves the room for the last memory map; later calls would change the map that they are made for.
    Status reserve_map();

    /// A memory map as the firmware tells it: the descriptors in their room, and the key that goes with them.
    struct Told {
        Bytes descriptors;
        UINTN key;
        UINT32 version;
    };
    Result<Told> read_map();

    EFI_HANDLE image_;
    EFI_SYSTEM_TABLE* table_;
    EFI_BOOT_SERVICES* services_;
    Graphics graphics_;
    std::array<Range, 4> efi_ranges_{};
    std::array<char, longest_entry_path> remembered_{};
    std::span<std::byte> map_{};
    std::size_t descriptor_size_ = 0;
    bool finished_ = false;
};

}  // namespace lintel::loader::uefi
