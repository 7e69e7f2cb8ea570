#include "app/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "app/admin.hpp"
#include "app/serve.hpp"
#include "store/directory.hpp"
#include "store/disk.hpp"
#include "store/store.hpp"

namespace plume {

namespace fs = std::filesystem;

namespace {

Result<void> sync(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_synced = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0) ::close(file);
    if (!is_synced) return disk_error("sync", path, reason);
    return {};
}

Result<void> copy_synced(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::copy_file(from, to, failed);
    if (failed) return disk_error("copy " + from.string() + " to", to, failed.value());
    return sync(to);
}

/// Copies the files of a database, which lie side by side, into the new directory `to`.
Result<void> copy_database(const fs::path& from, const fs::path& to) {
    if (::mkdir(to.c_str(), 0700) != 0) return disk_error("make", to, errno);
    std::error_code failed;
    for (fs::directory_iterator entry(from, failed), end; !failed && entry != end;
         entry.increment(failed))
        if (entry->is_regular_file() && entry->path().filename() != "LOCK")
            if (auto copied = copy_synced(entry->path(), to / entry->path().filename()); !copied)
                return copied;
    if (failed) return disk_error("read", from, failed.value());
    return sync(to);
}

/// Everything of the directory but the database.
Result<void> copy_rest(const fs::path& data, const fs::path& to) {
    for (const char* name : {"VERSION", "genesis.json"})
        if (fs::exists(data / name))
            if (auto copied = copy_synced(data / name, to / name); !copied) return copied;
    return {};
}

Result<void> copy_chain(const fs::path& data, const fs::path& to) {
    const auto looking = DataDirectory::look(data);
    if (looking.ok()) {
        if (auto copied = copy_database((*looking)->database(), to / "db"); !copied) return copied;
        return copy_rest(data, to);
    }
    if (!fs::exists(data / "admin.sock")) return looking.error();
    TRY(held, HeldCheckpoint::ask(data));
    if (auto copied = copy_database(held.path(), to / "db"); !copied) return copied;
    return copy_rest(data, to);
}

/// Reads the copy back.
Result<Backup> inspect(const fs::path& copy) {
    TRY(store, Store::open(copy, {.identity = std::nullopt, .is_read_only = true}));
    if (auto whole = store->verify_files(); !whole) return std::move(whole).error();
    const auto head = store->head();
    if (head == nullptr) return Error{.what = "there is no chain to copy yet"};
    Backup out{.head = head->number(), .states_from = head->kept_from()};
    for (const auto& entry : fs::recursive_directory_iterator(copy))
        if (entry.is_regular_file()) out.bytes += entry.file_size();
    return out;
}

Result<Backup> copy_to(const fs::path& data, const fs::path& partial, const fs::path& to) {
    if (::mkdir(partial.c_str(), 0700) != 0) return disk_error("make", partial, errno);
    if (auto copied = copy_chain(data, partial); !copied) return std::move(copied).error();
    TRY(made, inspect(partial));
    if (auto synced = sync(partial); !synced) return std::move(synced).error();
    if (::rename(partial.c_str(), to.c_str()) != 0) return disk_error("name", to, errno);
    if (auto synced = sync(to.parent_path()); !synced) return std::move(synced).error();
    return made;
}

}  // namespace

Result<Backup> make_backup(const fs::path& data, const fs::path& to) {
    std::error_code failed;
    fs::path place = fs::absolute(to, failed).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();
    if (failed) return Error{.what = "cannot find " + to.string() + ": " + failed.message()};
    if (fs::exists(place) && !fs::is_empty(place, failed))
        return Error{.what = place.string() + " is there already: a backup takes a new directory"};
    const fs::path partial = place.string() + ".partial";
    if (fs::exists(partial))
        return Error{.what = partial.string() +
                             " is there already, left by a backup that did not end, or made by one "
                             "that is under way: remove it"};
    auto made = copy_to(fs::absolute(data), partial, place);
    if (!made) fs::remove_all(partial, failed);
    return made;
}

int run_backup(const BackupOptions& options) {
    if (!fs::exists(fs::path(options.data) / "VERSION"))
        return report_error({exit_code::failed, options.data + " holds no chain"});
    const auto made = make_backup(options.data, options.to);
    if (!made) return report_error({exit_code::failed, made.error().what});
    if (options.json)
        std::cout << boost::json::serialize(boost::json::object{{"to", options.to},
                                                                {"head", made->head},
                                                                {"statesFrom", made->states_from},
                                                                {"bytes", made->bytes}})
                  << "\n";
    else
        std::cout << "backed up to " << options.to << ": head " << made->head
                  << ", states from block " << made->states_from << " on, " << made->bytes
                  << " bytes\n";
    return exit_code::ok;
}

}  // namespace plume
