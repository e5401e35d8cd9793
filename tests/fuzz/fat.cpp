// FAT volumes.
// The input: the volume's start; behind it, all is zero up to 64 MiB.
#include "loader/core/fat.hpp"

#include <array>

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::loader;

class Disk final : public BlockDevice {
public:
    explicit Disk(Bytes content) : content_(content) {}
    Status read(std::uint64_t offset, MutableBytes into) override {
        ensure(offset <= size() && into.size() <= size() - offset, "reads stay inside the device");
        read_ += into.size();
        ensure(read_ < std::uint64_t{1} << 30, "a lookup reads no more than it has to");
        std::size_t there =
            std::min<std::uint64_t>(content_.size() - std::min<std::uint64_t>(offset, content_.size()), into.size());
        if (there != 0) std::ranges::copy(content_.subspan(offset, there), into.begin());
        std::ranges::fill(into.subspan(there), std::byte{});
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return 64 << 20; }

private:
    Bytes content_;
    std::uint64_t read_ = 0;
};

/// The names on the volumes in the corpus, and some that none has.
constexpr std::array<std::string_view, 6> paths{
    "/boot/limine/limine.conf", "/KERNEL.ELF", "/boot/A long name of a file", "/boot/D/D/D", "/boot", "/none"};

void read_some(Fat& volume, const OpenFile& file) {
    std::array<std::byte, 3000> some;
    std::size_t length = std::min<std::size_t>(some.size(), file.size);
    // The chain was checked; what it leads to can still lie behind the end of the device.
    static_cast<void>(volume.read(file, file.size - length, MutableBytes(some).first(length)));
    static_cast<void>(volume.read(file, 0, MutableBytes(some).first(length)));
    ensure(length == 0 || !volume.read(file, file.size - length + 1, MutableBytes(some).first(length)),
           "nothing is read beyond a file's end");
}

}  // namespace

void try_input(Bytes input) {
    auto content = copy_of(input);
    Disk disk(content);
    std::array<std::byte, ReadAhead::least_room> room;
    ReadAhead ahead(room);
    auto volume = Fat::open(DeviceRegion(disk), ahead, {});
    if (!volume) return check_error(volume.error());
    ensure(volume->label().size() <= 11, "a label has its room");
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
