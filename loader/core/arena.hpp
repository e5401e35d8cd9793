// Where the loader puts what an executable reads: memory that the firmware gave, and that the executable may reclaim.
// Invariant: everything handed out is zeroed, stays until the executable takes it, and lies in whole pages of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/firmware.hpp"
#include "loader/core/memory_map.hpp"

namespace lintel::loader {

class Arena {
public:
    /// `shared` is the direct map that the executable will have.
    explicit Arena(Firmware& firmware, DirectMap shared = DirectMap(hhdm_offset))
        : firmware_(&firmware), shared_(shared) {}

    [[nodiscard]] DirectMap shared_map() const { return shared_; }

    /// `count` objects, all bytes zero. Not to be called once the firmware is finished.
    template <class T>
        requires std::is_trivially_copyable_v<T>
    Result<std::span<T>> array(std::uint64_t count) {
        static_assert(alignof(T) <= alignment);
        if (count > UINT32_MAX) return fail(ErrorCode::out_of_memory, "there is no room for that many", {}, count);
        // Arrays of pointers are meant.  NOLINTNEXTLINE(bugprone-sizeof-expression)
        PhysAddr place = TRY(take(count * sizeof(T)));
        return std::span(firmware_->memory().pointer<T>(place), count);
    }

    template <class T>
    Result<T*> make(const T& value) {
        T* place = TRY(array<T>(1)).data();
        *place = value;
        return place;
    }

    /// A copy of `text`, ended by a zero.
    Result<const char*> string(std::string_view text);

    /// A copy of `values`.
    template <class T>
    Result<std::span<T>> copy(std::span<const T> values) {
        auto place = TRY(array<T>(values.size()));
        for (std::size_t i = 0; i < values.size(); ++i) place[i] = values[i];
        return place;
    }

    /// The object at `pointer`, which we can reach, as the executable will reach it: through the direct map.
    template <class T>
    [[nodiscard]] T* shared(T* pointer) const {
        return shared_.pointer<T>(physical(pointer));
    }
    [[nodiscard]] VirtAddr shared_address(const void* pointer) const { return shared_.virt(physical(pointer)); }

private:
    static constexpr std::uint64_t alignment = 16;
    static constexpr std::uint64_t chunk_size = 64 << 10;

    Result<PhysAddr> take(std::uint64_t bytes);
    template <class T>
    [[nodiscard]] PhysAddr physical(T* pointer) const {
        // Safety: only the address counts; it is one that memory() gave out.
        return firmware_->memory().phys(VirtAddr(reinterpret_cast<std::uint64_t>(pointer)));
    }

    Firmware* firmware_;
    DirectMap shared_;
    PhysAddr next_;
    std::uint64_t left_ = 0;  // bytes
};

}  // namespace lintel::loader
