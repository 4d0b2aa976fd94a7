using System.Security.Cryptography;

namespace SwarmAutoscaler.Policies;

/// <summary>
/// The files under the configured paths, read again only when they changed. A change shows in length or modification time; because the times of
/// network file systems are coarse and links show their own, the content is compared too from time to time.
/// </summary>
/// <param name="paths">Files and folders.</param>
/// <param name="mayBeMissing">A path that is not there holds no policies and is no mistake, as long as nothing was ever read from it.</param>
sealed class PolicyPaths(IReadOnlyList<string> paths, bool mayBeMissing = false)
{
    Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    List<PolicyFile> problems = [];

    /// <summary>The paths of a setting or an argument, which are separated by <c>:</c>.</summary>
    public static string[] Split(string text) => text.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// All files by name. A file that did not change is the same object as before. What cannot be read keeps its last documents and carries an
    /// error; what is gone is gone.
    /// </summary>
    /// <param name="compareContent">Reads every file instead of trusting length and time.</param>
    public IReadOnlyList<PolicyFile> Read(bool compareContent)
    {
        var found = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
        var nowWrong = new List<PolicyFile>();
        foreach (var path in paths)
            try
            {
                foreach (var file in List(path))
                    if (!found.ContainsKey(file.Name) && Refresh(file, compareContent) is { } entry)
                        found[file.Name] = entry;
            }
            catch (DirectoryNotFoundException) when (mayBeMissing && !entries.Values.Any(known => known.Path == path))
            {
                // The policy of the environment is enough; the folder may come later.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var problem = PolicyFile.Broken(path, $"the policies here cannot be read: {Reason(e)}");
                nowWrong.Add(problems.Find(known => known.Error == problem.Error) ?? problem);
                foreach (var (name, entry) in entries.Where(known => known.Value.Path == path))
                    found.TryAdd(name, entry);
            }
        entries = new Dictionary<string, Entry>(found, StringComparer.Ordinal);
        problems = nowWrong;
        return [.. problems, .. found.Values.Select(entry => entry.File)];
    }

    static List<Stat> List(string path)
    {
        if (File.Exists(path))
            return [new Stat(path, path, new FileInfo(path))];
        // Listed at once: a folder that becomes unreadable half-way must not look as if the rest had been deleted.
        return new DirectoryInfo(path).EnumerateFiles()
            .Where(file => !file.Name.StartsWith('.') && (file.Name.EndsWith(".yml", StringComparison.Ordinal) || file.Name.EndsWith(".yaml", StringComparison.Ordinal)))
            .Select(file => new Stat(path, Path.Combine(path, file.Name), file))
            .ToList();
    }

    /// <summary>The entry as it is now; null for a file that vanished since it was listed.</summary>
    Entry? Refresh(Stat stat, bool compareContent)
    {
        var known = entries.GetValueOrDefault(stat.Name);
        try
        {
            var (length, modified) = (stat.File.Length, stat.File.LastWriteTimeUtc);
            bool looksSame = known is not null && known.Length == length && known.Modified == modified && !stat.File.Attributes.HasFlag(FileAttributes.ReparsePoint);
            return looksSame && !compareContent ? known : ReadContent(stat, known, length, modified);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(stat, known, $"the file cannot be read: {Reason(e)}");
        }
    }

    static Entry ReadContent(Stat stat, Entry? known, long length, DateTime modified)
    {
        using var stream = new FileStream(stat.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (stream.Length > PolicyFile.LargestFile)
            return Replace(stat, known, PolicyFile.TooLarge(stat.Name), length, modified, []);
        var buffer = new byte[(int)stream.Length];
        var content = buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        var hash = SHA256.HashData(content);
        if (known is not null && known.Hash.AsSpan().SequenceEqual(hash))
            return known with { Length = length, Modified = modified };
        return Replace(stat, known, PolicyFile.Parse(stat.Name, content), length, modified, hash);
    }

    static Entry Unreadable(Stat stat, Entry? known, string message) =>
        // No length is -1: the next look reads the file whatever its times say.
        Replace(stat, known, PolicyFile.Broken(stat.Name, message), length: -1, default, []);

    static Entry Replace(Stat stat, Entry? known, PolicyFile file, long length, DateTime modified, byte[] hash)
    {
        bool sameError = file.Error is not null && file.Error == known?.File.Error;
        return new Entry(stat.Path, length, modified, hash, sameError ? known!.File : file.Keeping(known?.File));
    }

    static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "permission denied",
        DirectoryNotFoundException or FileNotFoundException => "no such file or folder",
        _ => e.Message,
    };

    sealed record Stat(string Path, string Name, FileInfo File);

    sealed record Entry(string Path, long Length, DateTime Modified, byte[] Hash, PolicyFile File);
}
