namespace Parley.Interop.Matrix;

/// <summary>A foreign peer could not do what it was told.</summary>
public sealed class PeerRefusedException(string command, string error) : Exception($"{command}: {error}");
