namespace Parley.Cli.Calls;

/// <summary>What a connected call goes over.</summary>
/// <param name="Local">The local candidate.</param>
/// <param name="Remote">The remote candidate.</param>
/// <param name="RoundTripTime">By ICE's checks, in seconds; null before one is known.</param>
/// <param name="DtlsCipher">The cipher suite.</param>
/// <param name="DtlsVersion">The version as four hexadecimal digits.</param>
/// <param name="DtlsRole">"client" or "server".</param>
/// <param name="SrtpCipher">The SRTP profile; null without media.</param>
internal sealed record CallPath(
    PathEnd Local, PathEnd Remote, double? RoundTripTime, string? DtlsCipher, string? DtlsVersion, string? DtlsRole, string? SrtpCipher)
{
    /// <summary>Reads it out of a connection's figures; null before there is a pair.</summary>
    public static CallPath? Of(StatsReport stats)
    {
        TransportStats? transport = stats.OfType<TransportStats>().FirstOrDefault(each => each.SelectedCandidatePairId is not null);
        if (transport is null
            || !stats.TryGetValue(transport.SelectedCandidatePairId!, out Stats? found) || found is not IceCandidatePairStats pair
            || !stats.TryGetValue(pair.LocalCandidateId, out found) || found is not IceCandidateStats local
            || !stats.TryGetValue(pair.RemoteCandidateId, out found) || found is not IceCandidateStats remote)
        {
            return null;
        }

        return new CallPath(
            PathEnd.Of(local), PathEnd.Of(remote), pair.CurrentRoundTripTime, transport.DtlsCipher, transport.TlsVersion,
            transport.DtlsRole, transport.SrtpCipher);
    }

    public override string ToString()
    {
        string ciphers = string.Join(", ", new[] { DtlsCipher, SrtpCipher }.Where(each => !string.IsNullOrEmpty(each)));
        return $"{Local} ⇄ {Remote}" + (ciphers.Length > 0 ? $", {ciphers}" : "");
    }
}
