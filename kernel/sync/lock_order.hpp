// In which order locks are taken, by their names: which have been taken while which others were held.
// Invariant: what is recorded has no circle, so there is an order of all names that everybody has kept to.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lintel {

class LockOrder {
public:
    static constexpr unsigned most_names = 64;

    /// The number that stands for all locks of that name, which must stay; nothing where there are too many names.
    std::optional<unsigned> number_of(std::string_view name);

    /// Records that `second` is taken while `first` is held. False, and nothing is recorded, where they have been taken
    /// the other way around, be it with others in between: whoever goes on may wait for a lock whose holder waits for
    /// him. So, too, where both are of one name.
    bool record(unsigned first, unsigned second);

    [[nodiscard]] std::string_view name(unsigned number) const { return names_[number]; }

    /// The one after `first` on a recorded way from `first` to `last`, which record() has found.
    [[nodiscard]] unsigned next_on_way(unsigned first, unsigned last) const;

private:
    /// Lets one processor write at a time. It is held for some hundred instructions, and never while waiting.
    class Turn {
    public:
        explicit Turn(std::atomic_flag& busy) : busy_(busy) {
            while (busy_.test_and_set(std::memory_order_acquire)) {
            }
        }
        ~Turn() { busy_.clear(std::memory_order_release); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        std::atomic_flag& busy_;
    };

    [[nodiscard]] std::optional<unsigned> find(std::string_view name) const;
    /// All that have been taken with `number` held, by way of others as well, itself included: one bit each.
    [[nodiscard]] std::uint64_t reach_of(unsigned number) const;

    std::atomic_flag busy_{};
    std::array<std::string_view, most_names> names_{};
    std::atomic<unsigned> count_ = 0;
    std::array<std::atomic<std::uint64_t>, most_names> after_{};  // taken with that one held, without any in between
};

}  // namespace lintel
