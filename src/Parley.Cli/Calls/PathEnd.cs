namespace Parley.Cli.Calls;

/// <summary>One end of a candidate pair.</summary>
/// <param name="Type">"host", "srflx", "prflx" or "relay".</param>
/// <param name="Protocol">"udp".</param>
/// <param name="Address">The IP address.</param>
/// <param name="Port">The port.</param>
internal sealed record PathEnd(string Type, string Protocol, string Address, int Port)
{
    public static PathEnd Of(IceCandidateStats candidate) =>
        new(candidate.CandidateType.ToW3CName(), candidate.Protocol, candidate.Address ?? "", candidate.Port);

    public override string ToString() => Address.Contains(':') ? $"{Type} [{Address}]:{Port}" : $"{Type} {Address}:{Port}";
}
