namespace SwarmAutoscaler.Measuring;

/// <summary>A secret in a file, read each time a connection is made, so that a rotated secret needs no restart.</summary>
static class SecretFile
{
    /// <summary>The file's text without its trailing line break. The error of a failed read names the path, never the content.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"secret file {path} cannot be read", e);
        }
    }
}
