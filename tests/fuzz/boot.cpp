// A whole boot, from an executable to its page tables, on a machine with a megabyte of memory.
// The input: the executable.
#include "loader/core/boot.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/checked.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/unit/fake_processor.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

constexpr std::uint64_t memory_base = large_page_size;
constexpr std::uint64_t memory_size = 1 << 20;

class Machine final : public Firmware {
public:
    Machine() : buffer_(static_cast<std::byte*>(std::aligned_alloc(page_size, memory_size)), &std::free) {
        display_.mode.pitch = 4096;
        display_.mode.height = 768;
    }

    [[nodiscard]] limine::Firmware type() const override { return limine::Firmware::efi64; }
    [[nodiscard]] DirectMap memory() const override {
        // Safety: the core reaches only what allocate() gave out.
        return DirectMap(reinterpret_cast<std::uint64_t>(buffer_.get()) - memory_base);
    }
    PhysAddr reachable_end() override { return memory_end(); }
    Result<PhysAddr> allocate(std::uint64_t bytes, Contents contents) override {
        ensure(!finished_, "no memory is taken from a firmware that is gone");
        auto rounded = checked_align_up(bytes, page_size);
        if (!rounded || *rounded > memory_size - used_) return fail(ErrorCode::out_of_memory, "no memory is left");
        PhysAddr place(memory_base + used_);
        used_ += *rounded;
        std::memset(memory().pointer<std::byte>(place), contents == Contents::zeroed ? 0 : 0xa5, *rounded);
        return place;
    }
    Result<PhysAddr> allocate_low(std::uint64_t bytes) override { return allocate(bytes, Contents::zeroed); }
    std::span<const Display> displays(std::optional<Resolution>) override { return {&display_, 1}; }
    SystemTables tables() override { return {}; }
    std::optional<std::int64_t> now() override { return 0; }
    PhysAddr memory_end() override { return PhysAddr(memory_base + memory_size); }
    PhysAddr regions_end() override { return memory_end(); }
    std::size_t region_limit() override { return 2; }
    Result<EfiMap> finish(List<MemoryRegion>& regions) override {
        finished_ = true;
        bool room = regions.push({PhysAddr(memory_base), used_, limine::MemoryType::bootloader_reclaimable}) &&
                    regions.push({PhysAddr(memory_base + used_), memory_size - used_, limine::MemoryType::usable});
        ensure(room, "there is room for as many regions as were announced");
        return EfiMap{};
    }

    /// The number at an address that the core put into a page table.
    [[nodiscard]] std::uint64_t word(std::uint64_t address) const {
        ensure(address >= memory_base && address < memory_base + used_, "page tables lie in memory that was taken");
        return *memory().pointer<std::uint64_t>(PhysAddr(address));
    }

private:
    std::unique_ptr<std::byte, decltype(&std::free)> buffer_;
    std::uint64_t used_ = 0;
    bool finished_ = false;
    Display display_{.address = PhysAddr(0x80000000)};
};

/// The executable, and one file that it may name as its module.
class Disk final : public Volume {
public:
    explicit Disk(Bytes executable) : files_{executable, as_bytes("a module")} {}
    Result<OpenFile> open(std::string_view path, NameRule) override {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (path == names[i]) return OpenFile{.size = files_[i].size(), .location = i};
        return fail(ErrorCode::not_found, "no such file", path);
    }
    Status read(const OpenFile& file, std::uint64_t offset, MutableBytes into) override {
        auto bytes = slice(files_[file.location], offset, into.size());
        ensure(bytes.has_value(), "a file is not read beyond its end");
        std::ranges::copy(*bytes, into.begin());
        return {};
    }
    [[nodiscard]] VolumeIdentity identity() const override { return {}; }

    static constexpr std::array<std::string_view, 2> names{"/boot/kernel", "/boot/module"};

private:
    std::array<Bytes, 2> files_;
};

/// The entry of the page tables that maps `address` (Intel SDM vol. 3A, 4.5).
std::uint64_t page_entry(const Machine& machine, const arch::HandOver& hand_over, VirtAddr address) {
    constexpr std::uint64_t present = 1, large = 0x80, frame = 0x000ffffffffff000;
    std::uint64_t table = hand_over.passage.root.value();
    for (int shift = 39;; shift -= 9) {
        std::uint64_t entry = machine.word(table + 8 * (address.value() >> shift & 511));
        ensure((entry & present) != 0, "what is needed at entry is mapped");
        if (shift == 12 || (entry & large) != 0) return entry;
        table = entry & frame;
    }
}

}  // namespace

void try_input(Bytes input) {
    auto file = copy_of(input);
    Machine machine;
    Disk disk(file);
    constexpr std::array modules{Module{Disk::names[1], "its string"}};
    FakeProcessor processor;
    auto prepared = prepare(machine, processor,
                            {.volume = &disk, .path = Disk::names[0], .command_line = "words", .modules = modules});
    if (!prepared) return check_error(prepared.error());
    constexpr std::uint64_t writable = 2, no_execute = std::uint64_t{1} << 63;
    const arch::HandOver& hand_over = prepared->hand_over;
    ensure((page_entry(machine, hand_over, hand_over.entry) & no_execute) == 0, "the entry point can be executed");
    ensure((page_entry(machine, hand_over, hand_over.stack_top - 8) & writable) != 0, "the stack can be written");
    static_cast<void>(page_entry(machine, hand_over, hand_over.passage.descriptors));
}

}  // namespace lintel::fuzz
