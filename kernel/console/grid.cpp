#include "kernel/console/grid.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace lintel {

Grid::Grid(std::span<Cell> cells, unsigned columns, unsigned rows, CellColours colours)
    : cells_(cells), columns_(columns), rows_(rows), colours_(colours) {
    ensure(columns != 0 && rows != 0 && cells.size() == std::size_t{columns} * rows,
           "a grid has as many cells as it says");
    std::ranges::fill(cells_, blank());
}

std::span<const Cell> Grid::row(unsigned number) const {
    return cells_.subspan(std::size_t{(top_ + number) % rows_} * columns_, columns_);
}

std::span<Cell> Grid::own_row(unsigned number) {
    return cells_.subspan(std::size_t{(top_ + number) % rows_} * columns_, columns_);
}

void Grid::put(char16_t character) {
    if (wrap_pending_) {
        line_feed();
        carriage_return();
    }
    own_row(cursor_.row)[cursor_.column] = {character, colours_.foreground, colours_.background};
    if (cursor_.column + 1 < columns_)
        ++cursor_.column;
    else
        wrap_pending_ = true;
}

void Grid::line_feed() {
    wrap_pending_ = false;
    if (cursor_.row + 1 < rows_) {
        ++cursor_.row;
        return;
    }
    top_ = (top_ + 1) % rows_;
    std::ranges::fill(own_row(rows_ - 1), blank());
}

void Grid::tab() {
    constexpr unsigned width = 8;
    move_to(cursor_.row, std::int64_t{cursor_.column / width + 1} * width);
}

void Grid::move_to(std::int64_t row, std::int64_t column) {
    cursor_.row = static_cast<unsigned>(std::clamp<std::int64_t>(row, 0, rows_ - 1));
    cursor_.column = static_cast<unsigned>(std::clamp<std::int64_t>(column, 0, columns_ - 1));
    wrap_pending_ = false;
}

void Grid::erase_in_line(Part part) {
    const std::size_t begin = part == Part::from_cursor ? cursor_.column : 0;
    const std::size_t end = part == Part::to_cursor ? cursor_.column + 1 : columns_;
    std::ranges::fill(own_row(cursor_.row).subspan(begin, end - begin), blank());
}

void Grid::erase_in_screen(Part part) {
    erase_in_line(part);
    const unsigned begin = part == Part::from_cursor ? cursor_.row + 1 : 0;
    const unsigned end = part == Part::to_cursor ? cursor_.row : rows_;
    for (unsigned number = begin; number < end; ++number) std::ranges::fill(own_row(number), blank());
}

void Grid::insert(unsigned count) {
    const auto rest = own_row(cursor_.row).subspan(cursor_.column);
    const std::size_t gap = std::min<std::size_t>(count, rest.size());
    std::ranges::copy_backward(rest.first(rest.size() - gap), rest.end());
    std::ranges::fill(rest.first(gap), blank());
}

void Grid::remove(unsigned count) {
    const auto rest = own_row(cursor_.row).subspan(cursor_.column);
    const std::size_t gap = std::min<std::size_t>(count, rest.size());
    std::ranges::copy(rest.subspan(gap), rest.begin());
    std::ranges::fill(rest.last(gap), blank());
}

}  // namespace lintel
