namespace Parley.Transport;

/// <summary>A server that gathering asks.</summary>
/// <param name="Url">How errors and candidates name it.</param>
/// <param name="Host">Its IP address, or a name that the driver looks up.</param>
/// <param name="Port">Its UDP port, 1 to 65,535.</param>
/// <param name="IsSupported">Whether it is spoken to: a STUN server over UDP. Of others gathering tells an error and asks nothing.</param>
public sealed record IceServerAddress(string Url, string Host, int Port, bool IsSupported);
