namespace Parley.Media;

/// <summary>One frame of an IVF file.</summary>
/// <param name="Position">Where its frame header begins in the file.</param>
/// <param name="Ticks">Its timestamp in the file's ticks.</param>
/// <param name="Data">Its bytes, valid until the reader reads again.</param>
public readonly record struct IvfFrame(long Position, long Ticks, ReadOnlyMemory<byte> Data);
