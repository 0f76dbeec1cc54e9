namespace Parley.Transport;

/// <summary>A server whose name must be looked up.</summary>
/// <param name="Server">The server.</param>
/// <param name="Phase">Which gathering asks for it: the servers of an earlier one may have been replaced meanwhile.</param>
public sealed record ServerLookup(IceServerAddress Server, int Phase);
