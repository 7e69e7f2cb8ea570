#include "conformance/runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>

#include "base/thread.hpp"
#include "conformance/document.hpp"
#include "conformance/formats.hpp"

namespace plume::conformance {

namespace fs = std::filesystem;

namespace {

/// One case of ethereum/tests asks for four billion rounds of a hash.
constexpr std::string_view slow_case = "CALLBlake2f_MaxRounds";

/// In the order of folders, then of names.
bool comes_before(const fs::path& a, const fs::path& b) {
    return std::make_pair(a.parent_path(), a) < std::make_pair(b.parent_path(), b);
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(folder, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error))
        if (it->path().extension() == ".json") out.push_back(it->path());
    return out;
}

/// Every file that is meant, once. A path that is no folder is taken for a file: whether it can be
/// read is seen when it is.
std::vector<fs::path> files_of(const Options& options) {
    std::vector<fs::path> out;
    for (const fs::path& path : options.paths) {
        std::error_code error;
        if (fs::is_directory(path, error))
            std::ranges::move(files_below(path), std::back_inserter(out));
        else
            out.push_back(path);
    }
    std::ranges::sort(out, comes_before);
    out.erase(std::ranges::unique(out).begin(), out.end());
    std::vector<fs::path> chosen;
    for (size_t i = 0; i < out.size(); i += options.every) chosen.push_back(out[i]);
    return chosen;
}

Outcome run_guarded(const Case& one) {
    return guarded(one.run, [](const std::string& why) { return Outcome::failed(why); });
}

Cases cases_guarded(const Entry& entry) {
    return guarded([&] { return cases_of(entry); },
                   [&](const std::string& why) {
                       return Cases{{entry.name, [why] { return Outcome::failed(why); }}};
                   });
}

/// A file on its way through the threads.
struct FileRun {
    EndedFile ended;
    DocumentPtr document;
    size_t left = 0;  ///< cases that have not ended
};

struct Task {
    std::shared_ptr<FileRun> file;
    Case one;
};

class Runner {
public:
    Runner(const Options& options, std::vector<fs::path> files, Report& report)
        : options_(options), files_(std::move(files)), report_(report) {}

    /// Until everything has ended: takes a case, or when there is none, opens the next file.
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            if (!tasks_.empty()) {
                const Task task = std::move(tasks_.front());
                tasks_.pop_front();
                lock.unlock();
                run(task);
            } else if (next_file_ < files_.size()) {
                const fs::path& path = files_[next_file_++];
                ++opening_;
                lock.unlock();
                open(path);
            } else if (opening_ > 0) {
                changed_.wait(lock);
                continue;
            } else {
                return;
            }
            lock.lock();
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    void open(const fs::path& path) {
        const auto start = Clock::now();
        auto file = std::make_shared<FileRun>();
        file->ended.path = path;
        Cases cases = read(*file);
        file->ended.time = Clock::now() - start;
        file->left = cases.size();
        if (cases.empty()) report_.add(std::move(file->ended));
        const std::scoped_lock lock(mutex_);
        for (Case& one : cases) tasks_.push_back({file, std::move(one)});
        --opening_;
        changed_.notify_all();
    }

    /// The cases of a file that are wanted.
    Cases read(FileRun& file) const {
        const fs::path& path = file.ended.path;
        auto document = Document::read(path);
        if (!document) return failed_file(path, document.error().what);
        file.document = std::move(*document);
        Cases out;
        bool is_empty = true;
        for_each_entry(path, file.document->content(), [&](const Entry& entry) {
            is_empty = false;
            for (Case& one : cases_guarded(entry))
                if (is_wanted(path, one.name)) out.push_back(std::move(one));
        });
        if (is_empty) return failed_file(path, "there is nothing in it");
        if (!options_.is_slow)
            for (Case& one : out)
                if (one.name.find(slow_case) != std::string::npos)
                    one.run = [] { return Outcome::skipped("takes a minute: --slow runs it"); };
        return out;
    }

    static Cases failed_file(const fs::path& path, const std::string& why) {
        return {{path.filename().string(), [why] { return Outcome::failed(why); }}};
    }

    bool is_wanted(const fs::path& path, const std::string& name) const {
        return (path.string() + ":" + name).find(options_.filter) != std::string::npos;
    }

    void run(const Task& task) {
        const auto start = Clock::now();
        Outcome outcome = run_guarded(task.one);
        const auto time = Clock::now() - start;
        FileRun& file = *task.file;
        {
            const std::scoped_lock lock(mutex_);
            file.ended.time += time;
            file.ended.cases.push_back({task.one.name, std::move(outcome)});
            if (--file.left != 0) return;
        }
        report_.add(std::move(file.ended));
    }

    const Options& options_;
    const std::vector<fs::path> files_;
    Report& report_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    size_t next_file_ = 0;
    size_t opening_ = 0;  ///< files whose cases are about to come
};

}  // namespace

Tally run(const Options& options, std::ostream& out) {
    const std::vector<fs::path> files = files_of(options);
    Report report(out, files);
    Runner runner(options, files, report);
    {
        std::deque<Thread> threads;
        for (unsigned i = 0; i < std::max(1u, options.jobs); ++i)
            threads.emplace_back("conformance", [&runner] { runner.work(); });
    }
    report.close();
    return report.total();
}

}  // namespace plume::conformance
