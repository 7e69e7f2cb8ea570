#include "torture/images.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/result.hpp"

namespace plume::torture {

namespace fs = std::filesystem;

namespace {

constexpr size_t sector = 512;

std::string directory_of(const std::string& path) {
    return fs::path(path).parent_path().string();
}

/// "from\0to"
std::pair<std::string, std::string> split(BytesView bytes) {
    const std::string text(text_of(bytes));
    const size_t at = text.find('\0');
    return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

RecordLog::RecordLog(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    check(stream.good(), "the log can be read");
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    const BytesView all(bytes_);
    for (size_t at = 0; at + sizeof(RecordHead) <= all.size();) {
        RecordHead head{};
        std::memcpy(&head, all.data() + at, sizeof(head));
        at += sizeof(head);
        if (head.size > all.size() - at) return;
        records_.push_back({head.did, head.a, head.b, all.subspan(at, head.size)});
        at += head.size;
    }
}

void Disk::apply(const Record& record) {
    ++moment_;
    switch (record.did) {
        case Did::open:
            return open(record);
        case Did::write:
            if (const auto found = open_.find(record.a); found != open_.end() && found->second)
                found->second->pending.push_back({moment_, record.b, record.bytes, false});
            return;
        case Did::truncate:
            if (const auto found = open_.find(record.a); found != open_.end() && found->second)
                found->second->pending.push_back({moment_, record.b, {}, true});
            return;
        case Did::sync_begin:
            return begin_sync(record);
        case Did::sync_end:
            return end_sync(record);
        case Did::rename: {
            const auto [from, to] = split(record.bytes);
            const FilePtr file = now_[from];
            name(to, file, file == nullptr);
            now_.erase(from);
            namings_.push_back({moment_, from, nullptr, false, directory_of(from)});
            return;
        }
        case Did::link: {
            const auto [from, to] = split(record.bytes);
            return name(to, now_[from]);
        }
        case Did::remove: {
            const std::string path(text_of(record.bytes));
            now_.erase(path);
            namings_.push_back({moment_, path, nullptr, false, directory_of(path)});
            return;
        }
        case Did::make_dir:
            return name(std::string(text_of(record.bytes)), nullptr, true);
        case Did::unmodelled:
            unmodelled_ = text_of(record.bytes);
            return;
        case Did::acknowledged:
            seen_.push_back({record.a, *Hash::from(record.bytes.first(Hash::size)),
                             *Hash::from(record.bytes.last(Hash::size))});
            return;
        case Did::started:
            return;
    }
}

void Disk::name(std::string path, FilePtr file, bool is_directory) {
    now_[path] = file;
    namings_.push_back({moment_, path, std::move(file), is_directory, directory_of(path)});
}

void Disk::open(const Record& record) {
    const std::string path(text_of(record.bytes));
    const auto flags = static_cast<int>(record.b);
    opened_as_[record.a] = path;
    auto found = now_.find(path);
    if (found == now_.end() && (flags & O_CREAT) != 0) {
        name(path, std::make_shared<File>());
        found = now_.find(path);
    }
    open_[record.a] = found == now_.end() ? nullptr : found->second;
    if ((flags & O_TRUNC) != 0 && open_[record.a])
        open_[record.a]->pending.push_back({moment_, 0, {}, true});
}

void Disk::begin_sync(const Record& record) {
    const FilePtr file = open_[record.a];
    tickets_[record.b] = {file, file ? "" : opened_as_[record.a],
                          file ? file->pending.size() : moment_};
}

void Disk::end_sync(const Record& record) {
    const auto found = tickets_.find(record.b);
    if (found == tickets_.end()) return;
    Ticket ticket = found->second;
    tickets_.erase(found);
    if (ticket.file) {
        settle(ticket.file, ticket.count);
        named_by_sync_[ticket.file] = moment_;
        // A sync that began earlier must not settle the same changes again.
        for (auto& [number, other] : tickets_)
            if (other.file == ticket.file) other.count -= std::min(other.count, ticket.count);
        return;
    }
    std::erase_if(namings_, [&](const Naming& naming) {
        if (naming.moment > ticket.count || naming.directory != ticket.directory) return false;
        if (naming.file || naming.is_directory)
            durable_[naming.path] = naming.file;
        else
            durable_.erase(naming.path);
        return true;
    });
}

void Disk::settle(FilePtr& file, size_t count) const {
    for (size_t i = 0; i < count; ++i) change(file->content, file->pending[i]);
    file->pending.erase(file->pending.begin(),
                        file->pending.begin() + static_cast<std::ptrdiff_t>(count));
}

void Disk::change(Bytes& content, const Change& change) {
    if (change.is_truncation) {
        content.resize(change.at);
        return;
    }
    const size_t end = change.at + change.bytes.size();
    if (content.size() < end) content.resize(end);
    std::ranges::copy(change.bytes, content.begin() + static_cast<std::ptrdiff_t>(change.at));
}

BytesView Disk::torn(const Bytes& content, const Change& change, std::mt19937_64& random) {
    const size_t end = change.at + change.bytes.size();
    const bool is_in_place = end <= content.size() && change.at / sector == (end - 1) / sector;
    if (is_in_place) return random() % 2 == 0 ? change.bytes : BytesView{};
    return change.bytes.first(random() % (change.bytes.size() + 1));
}

size_t Disk::unsynced() const {
    size_t out = namings_.size();
    for (const auto& [path, file] : now_)
        if (file) out += file->pending.size();
    return out;
}

Bytes Disk::content_of(const File& file, Fate fate, size_t moment, std::mt19937_64& random) const {
    Bytes out = file.content;
    if (fate == Fate::by_file) moment = random() % (moment_ + 2);
    if (fate == Fate::by_file && !file.pending.empty())
        moment = file.pending[random() % file.pending.size()].moment + random() % 2;
    for (const Change& pending : file.pending) {
        Change part = pending;
        switch (fate) {
            case Fate::kept:
                break;
            case Fate::lost:
                continue;
            case Fate::prefix:
            case Fate::by_file:
                if (pending.moment > moment) continue;
                // The last one before the moment may be torn anywhere.
                if (pending.moment == moment && !pending.is_truncation)
                    part.bytes = torn(out, pending, random);
                break;
            case Fate::reordered:
                if (pending.is_truncation || random() % 2 == 0) break;
                out.resize(std::max<size_t>(out.size(), pending.at + pending.bytes.size()));
                for (size_t at = 0; at < pending.bytes.size(); at += sector)
                    if (random() % 2 == 0)
                        change(out, {0, pending.at + at,
                                     pending.bytes.subspan(
                                         at, std::min(sector, pending.bytes.size() - at)),
                                     false});
                continue;
            case Fate::zeros:
                if (!pending.is_truncation)
                    out.resize(std::max<size_t>(out.size(), pending.at + pending.bytes.size()));
                continue;
        }
        change(out, part);
    }
    return out;
}

std::map<std::string, Disk::FilePtr> Disk::names_at(Fate fate, bool entries_follow, size_t moment,
                                                    std::mt19937_64& random) const {
    std::map<std::string, FilePtr> out = durable_;
    if (fate == Fate::by_file || fate == Fate::reordered) moment = random() % (moment_ + 1);
    if (fate != Fate::kept && fate != Fate::prefix && !namings_.empty() && random() % 2 == 0)
        moment = namings_[random() % namings_.size()].moment;
    for (const Naming& naming : namings_) {
        const auto synced = named_by_sync_.find(naming.file);
        const bool follows =
            entries_follow && synced != named_by_sync_.end() && naming.moment < synced->second;
        const bool is_there = fate == Fate::kept || (fate != Fate::lost && naming.moment <= moment);
        if (!is_there && !follows) continue;
        if (naming.file || naming.is_directory)
            out[naming.path] = naming.file;
        else
            out.erase(naming.path);
    }
    return out;
}

void Disk::make_image(const fs::path& to, Fate fate, bool entries_follow,
                      std::mt19937_64& random) const {
    const size_t moment = moment_ - std::min<size_t>(moment_, random() % 40);
    fs::remove_all(to);
    fs::create_directories(to);
    const auto names = names_at(fate, entries_follow, moment, random);
    for (const auto& [path, file] : names) {
        const fs::path place = to / fs::path(path).lexically_relative(root_);
        if (!file) {
            fs::create_directories(place);
            continue;
        }
        if (!fs::exists(place.parent_path())) continue;
        const Bytes content = content_of(*file, fate, moment, random);
        std::ofstream stream(place, std::ios::binary);
        stream.write(reinterpret_cast<const char*>(content.data()),
                     static_cast<std::streamsize>(content.size()));
        check(stream.good(), "an image can be written");
    }
}

}  // namespace plume::torture
