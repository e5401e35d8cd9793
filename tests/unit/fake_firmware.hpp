// A machine for tests of the loader's core: some memory in a buffer, a volume in a map, tables as the test puts them.
// Invariant: what the core may not do after finish(), taking memory above all, fails the test.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loader/core/firmware.hpp"
#include "loader/core/volume.hpp"

namespace lintel::loader {

class FakeFirmware final : public Firmware {
public:
    /// Where the buffer pretends to lie.
    static constexpr std::uint64_t base = 0x200000;
    static constexpr std::uint64_t size = 16 << 20;

    FakeFirmware();

    [[nodiscard]] limine::Firmware type() const override { return limine::Firmware::efi64; }
    [[nodiscard]] DirectMap memory() const override;
    PhysAddr reachable_end() override { return PhysAddr(reachable); }
    using Firmware::allocate;
    Result<PhysAddr> allocate(std::uint64_t bytes, Contents contents) override;
    /// Not really low: that is for the adapters' own tests.
    Result<PhysAddr> allocate_low(std::uint64_t bytes) override;
    std::span<const Display> displays(std::optional<Resolution> wanted) override;
    SystemTables tables() override {
        measured_when_told = measured.size();
        return system_tables;
    }
    bool can_measure() override { return has_tpm; }
    Status measure(const Measurement& measurement) override {
        if (!has_tpm) return fail(ErrorCode::device, "there is no TPM");
        measured.push_back({measurement.pcr, std::string(as_text(measurement.data)),
                            std::string(measurement.label) + std::string(measurement.text)});
        return {};
    }
    std::optional<std::int64_t> now() override { return time; }
    std::optional<std::uint64_t> random() override {
        return random_numbers == 0 ? std::nullopt : std::optional(random_numbers++);
    }
    PhysAddr memory_end() override { return PhysAddr(base + size); }
    PhysAddr regions_end() override;
    std::size_t region_limit() override { return allocations_.size() + 1 + more_regions.size(); }
    Result<EfiMap> finish(List<MemoryRegion>& regions) override;

    /// Copies `bytes` to `address`, which lies in the buffer.
    void write(std::uint64_t address, Bytes bytes);

    /// Puts `value` at `address`, whatever its alignment.
    template <class T>
    void put(std::uint64_t address, const T& value) {
        write(address, std::as_bytes(std::span(&value, 1)));
    }

    /// The object at `address`, which lies in the buffer.
    template <class T>
    T& at(std::uint64_t address) {
        return *memory().pointer<T>(PhysAddr(address));
    }

    /// The first address that allocate() did not give out; everything from there on is the test's.
    [[nodiscard]] std::uint64_t free() const { return next_; }

    /// What a register was extended with, and the event's description.
    struct Measured {
        std::uint32_t pcr;
        std::string data;
        std::string event;
        friend bool operator==(const Measured&, const Measured&) = default;
    };
    bool has_tpm = false;
    std::vector<Measured> measured;
    std::size_t measured_when_told = 0;  // how much there was when tables() was called last

    std::vector<Display> screens;
    std::optional<Resolution> resolution_wanted;
    SystemTables system_tables;
    std::optional<std::int64_t> time;
    std::uint64_t random_numbers = 0;  // the next number; 0 where there is no source
    std::vector<MemoryRegion> more_regions;
    bool has_efi_map = false;
    std::uint64_t memory_left = size;
    std::uint64_t largest_hole = size;  // the most that one call gets
    std::uint64_t reachable = base + size;
    std::uint64_t low_memory_taken = 0;

private:
    struct Release {
        void operator()(std::byte* buffer) const;
    };
    std::unique_ptr<std::byte, Release> buffer_;
    std::vector<Range> allocations_;
    std::uint64_t next_ = base;
    std::uint64_t efi_map_ = 0;
    bool finished_ = false;
};

class FakeVolume final : public Volume {
public:
    Result<OpenFile> open(std::string_view path, NameRule rule) override;
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override;
    [[nodiscard]] VolumeIdentity identity() const override { return source; }

    void add(std::string path, std::vector<std::byte> content) { files_.emplace_back(std::move(path), content); }

    VolumeIdentity source{.media = limine::MediaType::optical, .partition_index = 3};

private:
    std::vector<std::pair<std::string, std::vector<std::byte>>> files_;
};

}  // namespace lintel::loader
