#include "store/journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/crc.hpp>
#include <cerrno>
#include <optional>
#include <utility>

#include "store/disk.hpp"

namespace plume {

namespace fs = std::filesystem;

namespace {

constexpr size_t word_size = 4;
constexpr size_t head_size = 2 * word_size;
/// How much is written or copied at once.
constexpr size_t chunk_size = size_t{1} << 20;

using Word = std::array<uint8_t, word_size>;

Word word_of(uint32_t number) {
    Word out;
    for (uint8_t& byte : out) {
        byte = static_cast<uint8_t>(number);
        number >>= 8;
    }
    return out;
}

uint32_t read_word(const uint8_t* bytes) {
    uint32_t out = 0;
    for (size_t i = word_size; i-- > 0;) out = out << 8 | bytes[i];
    return out;
}

uint32_t check_of(const Word& size, BytesView record) {
    boost::crc_32_type crc;
    crc.process_bytes(size.data(), size.size());
    crc.process_bytes(record.data(), record.size());
    return crc.checksum();
}

void append_record(Bytes& out, BytesView record) {
    const Word size = word_of(static_cast<uint32_t>(record.size()));
    const Word check = word_of(check_of(size, record));
    out.insert(out.end(), size.begin(), size.end());
    out.insert(out.end(), check.begin(), check.end());
    out.insert(out.end(), record.begin(), record.end());
}

[[noreturn]] void stop(std::string_view doing, const fs::path& path) {
    stop_for_disk(disk_error(doing, path, errno));
}

int open_file(const fs::path& path, int flags) {
    return ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0600);
}

void write_all(int file, BytesView bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) stop("write", path);
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
}

/// Up to `size` bytes from `offset` on: fewer at the end of the file.
Result<Bytes> read_at(int file, uint64_t offset, size_t size, const fs::path& path) {
    Bytes out(size);
    size_t done = 0;
    while (done < size) {
        const ssize_t got =
            ::pread(file, out.data() + done, size - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return disk_error("read", path, errno);
        if (got == 0) break;
        done += static_cast<size_t>(got);
    }
    out.resize(done);
    return out;
}

/// The first record of `bytes`; nothing when there is none, or not all of it.
std::optional<Bytes> first_record(BytesView bytes) {
    if (bytes.size() < head_size) return std::nullopt;
    const uint32_t size = read_word(bytes.data());
    if (size == 0 || size > Journal::record_size_max || size > bytes.size() - head_size)
        return std::nullopt;
    const BytesView record = bytes.subspan(head_size, size);
    if (check_of(word_of(size), record) != read_word(bytes.data() + word_size)) return std::nullopt;
    return Bytes(record.begin(), record.end());
}

/// Hands all records to `read`; where they end.
Result<uint64_t> read_records(int file, const std::function<void(Bytes)>& read,
                              const fs::path& path) {
    static_assert(chunk_size >= head_size + Journal::record_size_max, "a record fits into a chunk");
    uint64_t offset = 0;
    for (;;) {
        TRY(chunk, read_at(file, offset, chunk_size, path));
        BytesView rest = chunk;
        while (auto record = first_record(rest)) {
            rest = rest.subspan(head_size + record->size());
            read(std::move(*record));
        }
        if (rest.size() == chunk.size()) return offset;
        offset += chunk.size() - rest.size();
    }
}

}  // namespace

Journal::Journal(fs::path path, int file, uint64_t bound)
    : path_(std::move(path)), bound_(bound), file_(file) {}

Journal::~Journal() {
    ::close(file_);
}

Result<Journal::Opened> Journal::open(const fs::path& path, const std::function<void(Bytes)>& read,
                                      uint64_t bound) {
    const int file = open_file(path, 0);
    if (file < 0) return disk_error("open", path, errno);
    std::unique_ptr<Journal> journal(new Journal(path, file, bound));
    // What is under way when a process dies was never the journal.
    ::unlink((path.string() + ".new").c_str());
    TRY(end, read_records(file, read, path));
    struct stat facts{};
    if (::fstat(file, &facts) != 0) return disk_error("read", path, errno);
    const auto size = static_cast<uint64_t>(facts.st_size);
    if (size > end && ::ftruncate(file, static_cast<off_t>(end)) != 0)
        return disk_error("write", path, errno);
    journal->size_ = end;
    // One that is empty may have been made just now.
    if (size == 0)
        if (auto synced = sync_directory(path.parent_path()); !synced) return synced.error();
    return Opened{std::move(journal), size - end};
}

bool Journal::append(BytesView record) {
    check(!record.empty() && record.size() <= record_size_max, "a record's size has bounds");
    Bytes bytes;
    bytes.reserve(head_size + record.size());
    append_record(bytes, record);
    const std::lock_guard lock(mutex_);
    if (size_ + bytes.size() > bound_) return false;
    write_all(file_, bytes, path_);
    size_ += bytes.size();
    return true;
}

uint64_t Journal::size() const {
    const std::lock_guard lock(mutex_);
    return size_;
}

void Journal::sync() {
    // Whoever might put another file in its place is the one who is here.
    const int file = [this] {
        const std::lock_guard lock(mutex_);
        return file_;
    }();
    if (::fdatasync(file) != 0) stop("sync", path_);
}

uint64_t Journal::rewrite(std::span<const BytesView> records, uint64_t since) {
    if (records.empty()) {
        const std::lock_guard lock(mutex_);
        if (size_ == since) {
            if (::ftruncate(file_, 0) != 0) stop("write", path_);
            size_ = 0;
            return 0;
        }
    }
    const fs::path fresh_path = path_.string() + ".new";
    const int fresh = open_file(fresh_path, O_TRUNC);
    if (fresh < 0) stop("write", fresh_path);
    uint64_t size = 0;
    Bytes bytes;
    const auto flush = [&] {
        write_all(fresh, bytes, fresh_path);
        size += bytes.size();
        bytes.clear();
    };
    for (const BytesView record : records) {
        append_record(bytes, record);
        if (bytes.size() >= chunk_size) flush();
    }
    flush();
    // All that was there before is on the disk before it takes the old one's place; others may
    // append meanwhile.
    if (::fdatasync(fresh) != 0) stop("sync", fresh_path);
    const uint64_t durable = size;
    {
        const std::lock_guard lock(mutex_);
        for (uint64_t offset = since; offset < size_;) {
            auto copied = read_at(file_, offset, chunk_size, path_);
            if (!copied) stop_for_disk(copied.error());
            if (copied->empty()) break;
            offset += copied->size();
            bytes = std::move(*copied);
            flush();
        }
        if (::rename(fresh_path.c_str(), path_.c_str()) != 0) stop("rename", fresh_path);
        ::close(std::exchange(file_, fresh));
        size_ = size;
    }
    if (auto synced = sync_directory(path_.parent_path()); !synced) stop_for_disk(synced.error());
    return durable;
}

}  // namespace plume
