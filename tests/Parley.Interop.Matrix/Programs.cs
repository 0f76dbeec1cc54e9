using Parley.Interop.Peers;

namespace Parley.Interop.Matrix;

/// <summary>How each foreign program is started.</summary>
internal static class Programs
{
    // Debian's own interpreter: its packages belong to it.
    private const string Python = "/usr/bin/python3";

    public static Task<IPeerLink> Node(string peer) => Started(ProcessLink.Start("node", PeerPrograms.PathOf("node", $"{peer}.js")));

    public static Task<IPeerLink> PythonOf(string peer) => Started(ProcessLink.Start(Python, PeerPrograms.PathOf(peer, $"{peer}_peer.py")));

    public static Task<IPeerLink> Pion() => Started(ProcessLink.Start(PeerPrograms.PathOf("pion", "bin", "pion"), Path.Combine(Repository.Root, "media")));

    private static Task<IPeerLink> Started(ProcessLink link) => Task.FromResult<IPeerLink>(link);
}
