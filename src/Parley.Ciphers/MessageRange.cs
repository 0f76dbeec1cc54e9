namespace Parley.Ciphers;

/// <summary>Where one of several messages lies in a buffer.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct MessageRange(int Offset, int Length);
