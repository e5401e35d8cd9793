// Which kernels a test run boots, under which names, and in which order.
// Invariant: the order is that of the patterns, and within one pattern that of the names; no file comes twice, and no
// two kernels have the same name.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runner/host/files.hpp"

namespace lintel::runner {

struct TestKernel {
    std::string name;  // the file's, without its suffix; with folders where that alone is not unique
    fs::path file;
};

/// One part out of `count`, from 1 on.
struct Shard {
    std::size_t part = 1;
    std::size_t count = 1;
};

/// "2/4".
Outcome<Shard> parse_shard(std::string_view text);

/// The files that the patterns (glob(7)) stand for. Fails for a pattern that stands for none.
Outcome<std::vector<TestKernel>> find_kernels(std::span<const std::string> patterns);

/// Keeps the kernels whose name matches the pattern, or, where it has no `*`, `?` or `[`, contains it.
Outcome<std::vector<TestKernel>> filtered(std::vector<TestKernel> kernels, const std::string& pattern);

/// Every count-th kernel, so that all parts together are all kernels, each once.
std::vector<TestKernel> part_of(const std::vector<TestKernel>& kernels, Shard shard);

}  // namespace lintel::runner
