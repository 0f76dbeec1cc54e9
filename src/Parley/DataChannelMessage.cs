using System.Text;

namespace Parley;

/// <summary>A message of a data channel.</summary>
/// <param name="Data">Its bytes; of text, in UTF-8.</param>
/// <param name="IsBinary">Whether it was sent as bytes rather than as text.</param>
public readonly record struct DataChannelMessage(ReadOnlyMemory<byte> Data, bool IsBinary)
{
    /// <summary>The message as text. Bytes that are not UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);
}
