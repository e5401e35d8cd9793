// ISO 9660 discs.
// The input: the disc from sector 16 on; the sectors before, which are the system's, are zero.
#include "loader/core/iso9660.hpp"

#include <array>

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

constexpr std::uint64_t system_area = 16 * Iso9660::sector_size;

class Disc final : public BlockDevice {
public:
    explicit Disc(Bytes content) : content_(content) {}
    Status read(std::uint64_t offset, MutableBytes into) override {
        ensure(offset <= size() && into.size() <= size() - offset, "reads stay inside the device");
        std::size_t zeroes = offset < system_area ? std::min<std::uint64_t>(system_area - offset, into.size()) : 0;
        std::ranges::fill(into.first(zeroes), std::byte{});
        Bytes from = content_.subspan(std::max(offset, system_area) - system_area, into.size() - zeroes);
        std::ranges::copy(from, into.subspan(zeroes).begin());
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return system_area + content_.size(); }

private:
    Bytes content_;
};

/// The names of the discs in the corpus, and some that no disc has.
constexpr std::array<std::string_view, 8> paths{"/boot/limine/limine.conf",
                                                "/boot/kernel.elf",
                                                "/EFI/BOOT/BOOTX64.EFI",
                                                "/a/b/c/d/e",
                                                "/README",
                                                "/A name with more letters than fit a short one.text",
                                                "/boot",
                                                "/none"};

void read_some(Iso9660& volume, const OpenFile& file) {
    std::array<std::byte, 100> some;
    std::size_t length = std::min<std::size_t>(some.size(), file.size);
    ensure(volume.read(file, 0, MutableBytes(some).first(length)).has_value(), "an open file's start can be read");
    ensure(volume.read(file, file.size - length, MutableBytes(some).first(length)).has_value(), "and so can its end");
    ensure(!volume.read(file, file.size - length + 1, MutableBytes(some).first(length)) || length == 0,
           "but nothing beyond");
}

}  // namespace

void try_input(Bytes input) {
    auto content = copy_of(input);
    Disc disc(content);
    std::array<std::byte, 2 * Iso9660::sector_size> window;
    ReadAhead ahead(window);
    auto volume = Iso9660::open(DeviceRegion(disc), ahead);
    if (!volume) return check_error(volume.error());
    for (std::string_view path : paths) {
        for (NameRule rule : {NameRule::of_the_volume, NameRule::any_case}) {
            auto file = volume->open(path, rule);
            if (file)
                read_some(*volume, *file);
            else
                check_error(file.error());
        }
    }
}

}  // namespace lintel::fuzz
