"""Invitation kits: what a client hands to its people, with the code in it, so that nobody has to type one.

ordering    a kit from the client's ref to its files: for the command and the console alike
whose       the client, and which of its codes people are given
addresses   where kits lead: our own numbers and the bot's name
doors       the links and what QR codes hold, per channel
leaflet     the words of one language, ready to be laid out
qr          QR codes as pictures
paper       poster and cards as PDF, by poster.typ and cards.typ
page        the piece of HTML for an intranet, the page of links
making      all files of a kit, by their paths in it
refusals    why there is none
"""
