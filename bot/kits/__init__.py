"""Invitation kits: what a client hands to its people, with the code in it, so that nobody has to type one.

doors       the links and what QR codes hold, per channel
leaflet     the words of one language, ready to be laid out
qr          QR codes as pictures
paper       poster and cards as PDF, by poster.typ and cards.typ
page        the piece of HTML for an intranet, the page of links
shelf       all files of a kit at once, or none
"""
