using System.Text;
using Parley.Net;

namespace Parley.Ice;

/// <summary>What the peer has told of one generation of its own: credentials and candidates, in any order.</summary>
internal sealed class RemoteSide(int maxCandidates)
{
    private readonly List<IceCandidate> _candidates = [];
    private readonly Dictionary<TransportAddress, int> _byAddress = [];

    /// <summary>Null until told.</summary>
    public IceCredentials? Credentials { get; private set; }

    public bool IsLite { get; private set; }

    public bool HasEndOfCandidates { get; set; }

    public List<IceCandidate> Candidates => _candidates;

    public bool IsFull => _candidates.Count >= maxCandidates;

    /// <summary>Takes the credentials; candidates that came before and name another ufrag go. Returns how many.</summary>
    public int Accept(IceCredentials credentials, bool isLite)
    {
        Credentials = credentials;
        IsLite = isLite;
        var stale = _candidates.RemoveAll(c => c.UsernameFragment is { } ufrag && ufrag != credentials.UsernameFragment);
        if (stale > 0)
        {
            _byAddress.Clear();
            for (var index = 0; index < _candidates.Count; index++)
            {
                _byAddress[_candidates[index].Address] = index;
            }
        }

        return stale;
    }

    public bool Owns(string? usernameFragment) => Credentials is not null && Credentials.UsernameFragment == usernameFragment;

    public bool TryFind(TransportAddress address, out IceCandidate candidate)
    {
        var found = _byAddress.TryGetValue(address, out var index);
        candidate = found ? _candidates[index] : null!;
        return found;
    }

    /// <summary>Adds a candidate, or puts it in the place of the one with its address.</summary>
    public void Put(IceCandidate candidate)
    {
        if (_byAddress.TryGetValue(candidate.Address, out var index))
        {
            _candidates[index] = candidate;
            return;
        }

        _byAddress.Add(candidate.Address, _candidates.Count);
        _candidates.Add(candidate);
    }

    /// <summary>The USERNAME of our checks: the peer's ufrag, a colon, ours (RFC 8445 §7.2.2).</summary>
    public byte[] Username(IceCredentials local) => Encoding.UTF8.GetBytes($"{Credentials!.UsernameFragment}:{local.UsernameFragment}");
}
