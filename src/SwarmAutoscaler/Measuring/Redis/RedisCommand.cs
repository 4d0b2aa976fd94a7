using System.Buffers;
using System.Globalization;
using System.Text;

namespace SwarmAutoscaler.Measuring.Redis;

/// <summary>A command and its arguments. Nothing that writes is ever sent: there is no command here but those of this folder's callers.</summary>
readonly record struct RedisCommand(params string[] Words)
{
    /// <summary>Appends the command as an array of bulk strings.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        Append(output, string.Create(CultureInfo.InvariantCulture, $"*{Words.Length}\r\n"));
        foreach (var word in Words)
        {
            Append(output, string.Create(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n"));
            Append(output, word);
            Append(output, "\r\n");
        }
    }

    static void Append(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
