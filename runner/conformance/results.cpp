// See the header.
#include "runner/conformance/results.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lintel::runner {

namespace {

constexpr std::string_view field_end = " | ";

std::string_view take_until(std::string_view& rest, std::string_view end) {
    std::string_view taken = rest.substr(0, rest.find(end));
    rest.remove_prefix(std::min(rest.size(), taken.size() + end.size()));
    return taken;
}

std::optional<Kept> kept_by(std::string_view word) {
    if (word == "pass") return Kept::pass;
    if (word == "fail") return Kept::fail;
    if (word == "skip") return Kept::skip;
    return std::nullopt;
}

std::optional<Comparison::AtEachBoot> expectation_by(std::string_view word) {
    using enum Comparison::AtEachBoot;
    if (word == "varies") return another;
    if (word == "stays") return the_same;
    return std::nullopt;
}

/// Adds what the line tells, if it does.
void take_line(BootReport& report, std::string_view line) {
    constexpr std::string_view mark = "promise: ";
    if (!line.starts_with(mark)) return;
    line.remove_prefix(mark.size());
    const std::string_view outcome = take_until(line, " ");
    std::string section(take_until(line, field_end));
    std::string words(take_until(line, field_end));
    if (auto kept = kept_by(outcome)) report.findings.push_back({{section, words}, *kept, std::string(line)});
    if (auto expected = expectation_by(outcome))
        report.comparisons.push_back({{section, words}, *expected, std::string(line)});
}

/// The values that the reports have for a promise; nothing where one of them does not speak of it.
std::optional<std::vector<std::string>> values_of(const Promise& promise, std::span<const BootReport> reports) {
    std::vector<std::string> values;
    for (const BootReport& report : reports) {
        auto found = std::ranges::find(report.comparisons, promise, &Comparison::promise);
        if (found == report.comparisons.end()) return std::nullopt;
        values.push_back(found->value);
    }
    return values;
}

std::string_view cell(const Results::Row& row, const std::string& column, TableFormat format) {
    auto found = row.findings.find(column);
    if (found == row.findings.end()) return format == TableFormat::text ? "." : "";
    switch (found->second.kept) {
        case Kept::pass:
            return format == TableFormat::text ? "kept" : "✓";
        case Kept::fail:
            return "BROKEN";
        case Kept::skip:
            return "skip";
    }
    return "";
}

std::string text_table(const Results& results) {
    std::size_t widest = 0;
    for (const auto& row : results.rows()) widest = std::max(widest, row.promise.words.size());
    std::string text;
    std::string section;
    for (const auto& row : results.rows()) {
        if (row.promise.section != section) {
            section = row.promise.section;
            text += fmt::format("\n{:<{}}", section, widest + 2);
            for (const std::string& column : results.columns()) text += fmt::format("  {}", column);
            text += '\n';
        }
        text += fmt::format("  {:<{}}", row.promise.words, widest);
        for (const std::string& column : results.columns())
            text += fmt::format("  {:<{}}", cell(row, column, TableFormat::text), column.size());
        while (text.ends_with(' ')) text.pop_back();
        text += '\n';
    }
    return text;
}

std::string markdown_table(const Results& results) {
    std::string text;
    std::string section;
    for (const auto& row : results.rows()) {
        if (row.promise.section != section) {
            section = row.promise.section;
            text += fmt::format("\n### {}\n\n| promise |", section);
            for (const std::string& column : results.columns()) text += fmt::format(" {} |", column);
            text += "\n| --- |";
            for (std::size_t i = 0; i < results.columns().size(); ++i) text += " --- |";
            text += '\n';
        }
        text += fmt::format("| {} |", row.promise.words);
        for (const std::string& column : results.columns())
            text += fmt::format(" {} |", cell(row, column, TableFormat::markdown));
        text += '\n';
    }
    return text;
}

std::string with_detail(const Finding& finding) {
    return finding.detail.empty() ? "" : fmt::format(" ({})", finding.detail);
}

}  // namespace

std::optional<BootReport> parse_report(std::string_view text) {
    BootReport report;
    while (!text.empty()) {
        std::string_view line = take_until(text, "\n");
        take_line(report, line);
        constexpr std::string_view end = "done ";
        std::size_t count = 0;
        if (line.starts_with(end) &&
            std::from_chars(line.data() + end.size(), line.data() + line.size(), count).ec == std::errc() &&
            count == report.findings.size() + report.comparisons.size())
            return report;
    }
    return std::nullopt;
}

std::vector<Finding> compare(std::span<const BootReport> reports) {
    std::vector<Finding> findings;
    for (const Comparison& comparison : reports.front().comparisons) {
        auto values = values_of(comparison.promise, reports);
        if (!values) {
            findings.push_back({comparison.promise, Kept::fail, "not each boot reports it"});
            continue;
        }
        const bool differ = std::ranges::adjacent_find(*values, std::ranges::not_equal_to()) != values->end();
        const bool kept = differ == (comparison.expected == Comparison::AtEachBoot::another);
        findings.push_back({comparison.promise, kept ? Kept::pass : Kept::fail,
                            kept ? "" : fmt::format("{}", fmt::join(*values, ", then "))});
    }
    return findings;
}

void Results::add(const std::string& column, const std::vector<Finding>& findings) {
    if (std::ranges::find(columns_, column) == columns_.end()) columns_.push_back(column);
    // Rows of one section stand together, whichever kernel told of them first.
    for (const Finding& finding : findings) {
        auto row = std::ranges::find(rows_, finding.promise, &Row::promise);
        if (row == rows_.end()) {
            auto same_section = std::find_if(rows_.rbegin(), rows_.rend(), [&](const Row& other) {
                return other.promise.section == finding.promise.section;
            });
            row = rows_.insert(same_section == rows_.rend() ? rows_.end() : same_section.base(), Row{finding.promise});
        }
        // Where a kernel judges a promise more than once, what is broken counts.
        auto [place, is_new] = row->findings.try_emplace(column, finding);
        if (!is_new && finding.kept == Kept::fail) place->second = finding;
    }
}

std::size_t Results::count(Kept kept) const {
    std::size_t total = 0;
    for (const Row& row : rows_)
        total += static_cast<std::size_t>(
            std::ranges::count_if(row.findings, [&](const auto& entry) { return entry.second.kept == kept; }));
    return total;
}

std::string table_of(const Results& results, TableFormat format) {
    std::string text = format == TableFormat::text ? text_table(results) : markdown_table(results);
    if (results.count(Kept::fail) != 0) text += format == TableFormat::text ? "\nBroken\n" : "\n### Broken\n\n";
    for (const auto& row : results.rows())
        for (const auto& [column, finding] : row.findings)
            if (finding.kept == Kept::fail)
                text += fmt::format("{} {}: {}: {}{}\n", format == TableFormat::text ? " " : "-", column,
                                    row.promise.section, row.promise.words, with_detail(finding));
    text += fmt::format("\n{} promises; judged {} times: {} kept, {} broken, {} skipped\n", results.rows().size(),
                        results.count(Kept::pass) + results.count(Kept::fail) + results.count(Kept::skip),
                        results.count(Kept::pass), results.count(Kept::fail), results.count(Kept::skip));
    return text;
}

std::string difference_of(const Results& one, const Results& other) {
    constexpr std::array words = {"kept", "broken", "skipped"};
    auto told = [&](const Finding* finding) {
        return finding == nullptr
                   ? std::string("not judged")
                   : fmt::format("{}{}", words[static_cast<std::size_t>(finding->kept)], with_detail(*finding));
    };
    auto find = [](const Results& results, const Promise& promise, const std::string& column) -> const Finding* {
        auto row = std::ranges::find(results.rows(), promise, &Results::Row::promise);
        if (row == results.rows().end()) return nullptr;
        auto finding = row->findings.find(column);
        return finding == row->findings.end() ? nullptr : &finding->second;
    };
    std::string text;
    auto compare = [&](const Results& rows, bool only_missing) {
        for (const auto& row : rows.rows())
            for (const std::string& column : rows.columns()) {
                const Finding* left = find(one, row.promise, column);
                const Finding* right = find(other, row.promise, column);
                if ((left == nullptr && right == nullptr) || (only_missing && left != nullptr)) continue;
                if (left != nullptr && right != nullptr && left->kept == right->kept) continue;
                text += fmt::format("{}: {}: {}: {} | {}\n", column, row.promise.section, row.promise.words, told(left),
                                    told(right));
            }
    };
    compare(one, false);
    compare(other, true);
    return text;
}

}  // namespace lintel::runner
