// What conformance kernels reported, and how a person gets to see it.
// Invariant: a report counts as complete only with its last line, "done N", and N promises before it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/host/failure.hpp"

namespace lintel::runner {

/// A promise of the specification, by the title of its section and in words.
struct Promise {
    std::string section;
    std::string words;
    friend bool operator==(const Promise&, const Promise&) = default;
};

enum class Kept { pass, fail, skip };

struct Finding {
    Promise promise;
    Kept kept;
    std::string detail{};
};

/// A promise about more than one boot of the same kernel: that a value is another one each time, or the same.
struct Comparison {
    enum class AtEachBoot { another, the_same };
    Promise promise;
    AtEachBoot expected;
    std::string value;
};

/// What one boot of a kernel reported.
struct BootReport {
    std::vector<Finding> findings{};
    std::vector<Comparison> comparisons{};
};

/// The report in a kernel's serial output; nothing where it does not end as it should.
std::optional<BootReport> parse_report(std::string_view text);

/// What comes of the first report's comparisons with the others of the same kernel.
std::vector<Finding> compare(std::span<const BootReport> reports);

/// All findings of one run: a column for each kernel, a row for each promise in the order of first sight.
class Results {
public:
    void add(const std::string& column, const std::vector<Finding>& findings);

    struct Row {
        Promise promise;
        std::map<std::string, Finding> findings{};  // by column
    };
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
    [[nodiscard]] std::size_t count(Kept kept) const;

private:
    std::vector<std::string> columns_{};
    std::vector<Row> rows_{};
};

enum class TableFormat { text, markdown };

/// The whole table, then what is broken with its details, then totals.
std::string table_of(const Results& results, TableFormat format);

/// Findings in which two loaders differ, one on each line; empty where there are none.
std::string difference_of(const Results& one, const Results& other);

}  // namespace lintel::runner
