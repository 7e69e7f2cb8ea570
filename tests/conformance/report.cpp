#include "conformance/report.hpp"

#include <algorithm>

namespace plume::conformance {

namespace {

std::string to_text(const Tally& tally) {
    std::string out =
        std::to_string(tally.passed) + " passed, " + std::to_string(tally.failed) + " failed";
    if (tally.skipped != 0) out += ", " + std::to_string(tally.skipped) + " skipped";
    return out;
}

std::string to_text(std::chrono::nanoseconds time) {
    const auto hundredths = std::chrono::duration_cast<std::chrono::milliseconds>(time) / 10;
    const auto count = static_cast<uint64_t>(hundredths.count());
    const std::string fraction = std::to_string(count % 100);
    return std::to_string(count / 100) + "." + (fraction.size() == 1 ? "0" : "") + fraction + " s";
}

Tally tally_of(const Outcome& outcome) {
    if (outcome.has_failed()) return {.failed = 1};
    if (outcome.is_skipped()) return {.skipped = 1};
    return {.passed = 1};
}

void print_failure(std::ostream& out, const std::filesystem::path& file, const Ended& ended) {
    out << "FAILED " << file.string() << ": " << ended.name << "\n";
    std::string_view rest = ended.outcome.failures();
    while (!rest.empty()) {
        const size_t end = std::min(rest.find('\n'), rest.size());
        out << "    " << rest.substr(0, end) << "\n";
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

}  // namespace

Tally& Tally::operator+=(const Tally& more) {
    passed += more.passed;
    failed += more.failed;
    skipped += more.skipped;
    return *this;
}

Report::Report(std::ostream& out, const std::vector<std::filesystem::path>& files) : out_(out) {
    for (const auto& file : files) ++folders_[file.parent_path()].files_left;
}

void Report::add(EndedFile file) {
    const std::scoped_lock lock(mutex_);
    const std::filesystem::path path = file.path.parent_path();
    Folder& folder = folders_.at(path);
    folder.ended.push_back(std::move(file));
    if (--folder.files_left == 0) print(path, folder);
}

void Report::print(const std::filesystem::path& path, Folder& folder) {
    // In the order of names, not in that in which threads came to an end.
    std::ranges::sort(folder.ended, {}, &EndedFile::path);
    Tally tally;
    std::chrono::nanoseconds time{};
    std::map<std::string, size_t> skips;
    for (EndedFile& file : folder.ended) {
        time += file.time;
        std::ranges::sort(file.cases, {}, &Ended::name);
        for (const Ended& ended : file.cases) {
            tally += tally_of(ended.outcome);
            if (ended.outcome.has_failed()) print_failure(out_, file.path, ended);
            if (ended.outcome.is_skipped()) ++skips[ended.outcome.skip_reason()];
        }
    }
    folder.ended.clear();
    total_ += tally;
    if (tally.passed + tally.failed + tally.skipped == 0) return;
    out_ << path.string() << ": " << to_text(tally) << ", " << to_text(time) << "\n";
    for (const auto& [reason, count] : skips)
        out_ << "    " << count << " skipped: " << reason << "\n";
    out_.flush();
}

void Report::close() {
    const std::scoped_lock lock(mutex_);
    out_ << to_text(total_) << std::endl;
}

}  // namespace plume::conformance
