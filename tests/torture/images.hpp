// The disk that a power cut may leave behind, from the log of what a process did to it.
//
// What was synced is there. Of what was not, a disk may keep anything: see Fate. Names are kept in
// the order in which they were given, as by a file system with a journal, up to some point after
// the last sync of their directory.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "torture/shim.hpp"
#include "torture/witness.hpp"

namespace plume::torture {

struct Record {
    Did did;
    uint64_t a;
    uint64_t b;
    BytesView bytes;  ///< into the log
};

/// A log in memory; a record that was cut short ends it.
class RecordLog {
public:
    explicit RecordLog(const std::filesystem::path& file);
    RecordLog(const RecordLog&) = delete;
    RecordLog& operator=(const RecordLog&) = delete;

    const std::vector<Record>& records() const { return records_; }

private:
    Bytes bytes_;
    std::vector<Record> records_;
};

/// What becomes of that which was not synced.
enum class Fate : uint8_t {
    kept,       ///< all of it is there: the process died, not the machine
    lost,       ///< none of it
    prefix,     ///< what was done before some moment, the last write torn
    by_file,    ///< the same, with a moment of its own for each file
    reordered,  ///< each write by itself is there, lost, or torn into sectors
    zeros,      ///< files have their size, but zeros for what was not synced
};
inline constexpr size_t fate_count = 6;
inline constexpr std::array<const char*, fate_count> fate_names{"kept",    "lost",      "prefix",
                                                                "by file", "reordered", "zeros"};

/// A disk, advanced record by record.
class Disk {
public:
    explicit Disk(std::filesystem::path root) : root_(std::move(root)) {}

    void apply(const Record& record);
    /// What has been acknowledged so far.
    const std::vector<Acknowledged>& seen() const { return seen_; }
    /// Whether something was done that no image can be made of, and what.
    const std::string& unmodelled() const { return unmodelled_; }
    /// How many writes are not synced.
    size_t unsynced() const;

    /// Makes what a power cut now may leave in the directory `to`, which stands for the root. With
    /// `entries_follow` the sync of a file keeps its name too, as most file systems do.
    void make_image(const std::filesystem::path& to, Fate fate, bool entries_follow,
                    std::mt19937_64& random) const;

private:
    /// A write, or a change of size when there are no bytes.
    struct Change {
        size_t moment;
        uint64_t at;
        BytesView bytes;
        bool is_truncation;
    };
    struct File {
        Bytes content;                ///< synced
        std::vector<Change> pending;  ///< not synced
    };
    using FilePtr = std::shared_ptr<File>;
    /// A name that was given or taken away: null.
    struct Naming {
        size_t moment;
        std::string path;
        FilePtr file;
        bool is_directory;
        std::string directory;  ///< that it stands in
    };

    void open(const Record& record);
    void begin_sync(const Record& record);
    void end_sync(const Record& record);
    void name(std::string path, FilePtr file, bool is_directory = false);
    void settle(FilePtr& file, size_t count) const;
    static void change(Bytes& content, const Change& change);
    /// The part of a write that reached a disk which failed in the middle of it. A disk writes
    /// whole sectors, so what changes one of them is there or not.
    static BytesView torn(const Bytes& content, const Change& change, std::mt19937_64& random);
    Bytes content_of(const File& file, Fate fate, size_t moment, std::mt19937_64& random) const;
    std::map<std::string, FilePtr> names_at(Fate fate, bool entries_follow, size_t moment,
                                            std::mt19937_64& random) const;

    std::filesystem::path root_;
    size_t moment_ = 0;
    std::map<uint64_t, FilePtr> open_;           ///< by number
    std::map<uint64_t, std::string> opened_as_;  ///< its path
    std::map<std::string, FilePtr> now_;         ///< as the process sees it; null: a directory
    std::map<std::string, FilePtr> durable_;
    std::vector<Naming> namings_;              ///< not synced
    std::map<FilePtr, size_t> named_by_sync_;  ///< when a file was last synced
    struct Ticket {
        FilePtr file;
        std::string directory;
        size_t count;  ///< of pending changes, or the moment
    };
    std::map<uint64_t, Ticket> tickets_;
    std::vector<Acknowledged> seen_;
    std::string unmodelled_;
};

}  // namespace plume::torture
