// A list whose room somebody else provides: a growing view over a span. For code that runs before any heap.
// Invariant: size() <= capacity(), and nothing outside the storage is touched.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace lintel {

template <class T>
class List {
public:
    List() = default;
    explicit List(std::span<T> storage) : storage_(storage) {}

    /// Appends; false where the storage is full.
    [[nodiscard]] bool push(T value) {
        if (size_ == storage_.size()) return false;
        storage_[size_++] = std::move(value);
        return true;
    }

    /// Inserts before `index`, which is at most size(); false where the storage is full.
    [[nodiscard]] bool insert(std::size_t index, T value) {
        if (size_ == storage_.size()) return false;
        auto at = storage_.begin() + static_cast<std::ptrdiff_t>(index);
        std::move_backward(at, storage_.begin() + static_cast<std::ptrdiff_t>(size_),
                           storage_.begin() + static_cast<std::ptrdiff_t>(size_ + 1));
        storage_[index] = std::move(value);
        ++size_;
        return true;
    }

    /// Keeps the first `count` elements.
    void truncate(std::size_t count) { size_ = std::min(size_, count); }
    void clear() { size_ = 0; }

    [[nodiscard]] std::span<T> view() { return storage_.first(size_); }
    [[nodiscard]] std::span<const T> view() const { return storage_.first(size_); }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t capacity() const { return storage_.size(); }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    T& operator[](std::size_t index) { return view()[index]; }
    const T& operator[](std::size_t index) const { return view()[index]; }
    auto begin() { return view().begin(); }
    auto end() { return view().end(); }
    auto begin() const { return view().begin(); }
    auto end() const { return view().end(); }

private:
    std::span<T> storage_{};
    std::size_t size_ = 0;
};

}  // namespace lintel
